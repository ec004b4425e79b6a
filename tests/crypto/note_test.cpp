#include "crypto/note.hpp"

#include "crypto/errors.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;

namespace {

std::string trimmed(std::string text) {
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    return text;
}

}  // namespace

TEST_CASE("the example of the specification opens") {
    const std::string note = tests::read_text(tests::vectors("note/c2sp-example.note"));
    const std::string vkey = trimmed(tests::read_text(tests::vectors("note/c2sp-example.vkey")));
    const auto verifier = NoteVerifier::parse(vkey);
    REQUIRE(verifier);
    CHECK(verifier->name() == "example.com/foo");
    CHECK(verifier->key_id() == 0x530d903a);
    CHECK(verifier->vkey() == vkey);
    CHECK(open_note(note, {&*verifier, 1}).value() == "This is an example message.\n");
}

TEST_CASE("every bit of a note counts") {
    const std::string note = tests::read_text(tests::vectors("note/c2sp-example.note"));
    const auto verifier = NoteVerifier::parse(trimmed(tests::read_text(tests::vectors("note/c2sp-example.vkey"))));
    REQUIRE(verifier);
    for (std::size_t bit = 0; bit < note.size() * 8; ++bit) {
        std::string changed = note;
        changed[bit / 8] = static_cast<char>(static_cast<unsigned char>(changed[bit / 8]) ^ (1U << (bit % 8)));
        INFO("bit " << bit);
        CHECK_FALSE(open_note(changed, {&*verifier, 1}).has_value());
    }
}

TEST_CASE("a signer's key text is read as it is written, and signs what its verifier opens") {
    SystemRandom random;
    const NoteSigner signer = NoteSigner::generate("log.example/edge", random);
    const auto again = NoteSigner::parse(signer.skey().expose_text());
    REQUIRE(again);
    CHECK(again->verifier().vkey() == signer.verifier().vkey());
    const std::string text = "first\n\nsecond\n";
    const std::string note = again->sign(text);
    CHECK(note == signer.sign(text));
    CHECK(open_note(note, {&signer.verifier(), 1}).value() == text);
}

TEST_CASE("signatures of unknown keys are passed over, a bad one of a known key is not") {
    SystemRandom random;
    const NoteSigner ours = NoteSigner::generate("ours", random);
    const NoteSigner theirs = NoteSigner::generate("theirs", random);
    const std::string text = "text\n";
    const std::string our_line = ours.sign(text).substr(text.size() + 1);
    const std::string their_line = theirs.sign(text).substr(text.size() + 1);
    const std::string bad_line = theirs.sign("other\n").substr(std::string("other\n").size() + 1);
    const std::vector<NoteVerifier> us{ours.verifier()};
    const std::vector<NoteVerifier> both{ours.verifier(), theirs.verifier()};
    CHECK(open_note(text + '\n' + their_line + our_line, us).has_value());
    CHECK(open_note(text + '\n' + bad_line + our_line, us).has_value());
    CHECK(open_note(text + '\n' + bad_line + our_line, both).error() == Errc::signature);
    CHECK(open_note(text + '\n' + their_line, us).error() == Errc::signature);
    CHECK(open_note(text + '\n', us).error() == Errc::signature);
    CHECK(open_note(text + '\n' + our_line, {}).error() == Errc::signature);
}

TEST_CASE("a key of the same name is another key") {
    SystemRandom random;
    const NoteSigner one = NoteSigner::generate("log", random);
    const NoteSigner other = NoteSigner::generate("log", random);
    CHECK(open_note(one.sign("text\n"), {&other.verifier(), 1}).error() == Errc::signature);
}

TEST_CASE("what is no note is refused") {
    SystemRandom random;
    const NoteSigner signer = NoteSigner::generate("log", random);
    const std::string good = signer.sign("text\n");
    const std::string line = good.substr(6);
    const std::vector<std::string> bad{
        "",
        "text\n",
        good.substr(0, good.size() - 1),
        "text" + line,
        "text\n" + line,
        "te\txt\n\n" + line,
        "te\xffxt\n\n" + line,
        good + "no signature\n",
        good + "\xe2\x80\x94 log\n",
        good + "\xe2\x80\x94 log AAAA\n",
        good + "\xe2\x80\x94 lo+g AAAAAAAA\n",
        good + "- log AAAAAAAA\n",
    };
    for (const std::string& note : bad) {
        INFO(note);
        CHECK_FALSE(open_note(note, {&signer.verifier(), 1}).has_value());
    }
    std::string crowded = good;
    for (int i = 0; i < 100; ++i) {
        crowded += "\xe2\x80\x94 other AAAAAAAA\n";
    }
    CHECK(open_note(crowded, {&signer.verifier(), 1}).error() == Errc::limit);
}

TEST_CASE("what is no key text is refused") {
    const std::string good = trimmed(tests::read_text(tests::vectors("note/c2sp-example.vkey")));
    std::string other_id = good;
    other_id.replace(other_id.find("530d903a"), 8, "530d903b");
    std::string upper_id = good;
    upper_id.replace(upper_id.find("530d903a"), 8, "530D903A");
    for (const std::string& text :
         {std::string(), std::string("name"), std::string("a+b"), other_id, upper_id, good + "A", good + "\n", "x" + good}) {
        INFO(text);
        CHECK_FALSE(NoteVerifier::parse(text).has_value());
    }
    CHECK_FALSE(NoteSigner::parse(good).has_value());
}

TEST_CASE("key names have no white space, no plus and no control characters") {
    for (const std::string_view good : {"a", "example.com/log", "caf\xc3\xa9"}) {
        CHECK(is_note_name(good));
    }
    for (const std::string_view bad :
         {"",
          "a b",
          "a+b",
          "a\tb",
          "a\xc2\xa0"
          "b",
          "a\xe3\x80\x80"
          "b",
          "\xff",
          "a\n",
          "\xc0\x80",
          "\xed\xa0\x80"}) {
        CHECK_FALSE(is_note_name(bad));
    }
}
