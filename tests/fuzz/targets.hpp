// What strangers send, each read by the parser that meets it first. A target takes any bytes; what it promises beyond not crashing it
// checks with crypto::ensure, which ends the process. libFuzzer drives them (entry.cpp, `make fuzz`), and so do the seeds (seeds_test.cpp).
#pragma once

#include "crypto/bytes.hpp"

namespace tests::fuzz {

void header(crypto::ByteView input);  // an age header, whole and in pieces
void payload(crypto::ByteView input);  // the chunks of an age file, opened with a key that the input brings along
void armor(crypto::ByteView input);  // an armored age file
void bech32(crypto::ByteView input);  // recipients and identities
void note(crypto::ByteView input);  // a signed note, and the checkpoint in it
void proof(crypto::ByteView input);  // a receipt, and Merkle proofs
void jws(crypto::ByteView input);  // a token, and keys
void manifest(crypto::ByteView input);  // what an uploader says about a document

struct Target {
    const char* name;
    void (*run)(crypto::ByteView input);
};
constexpr Target all[] = {
    {"header", header},
    {"payload", payload},
    {"armor", armor},
    {"bech32", bech32},
    {"note", note},
    {"proof", proof},
    {"jws", jws},
    {"manifest", manifest}
};

}  // namespace tests::fuzz
