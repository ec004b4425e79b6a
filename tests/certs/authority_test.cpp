#include "certs/authority.hpp"

#include "tests/catch.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

namespace {

std::filesystem::path fresh_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "sluis-certs-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
}

X509* read_certificate(const std::filesystem::path& file) {
    std::FILE* stream = std::fopen(file.c_str(), "r");
    REQUIRE(stream != nullptr);
    X509* certificate = PEM_read_X509(stream, nullptr, nullptr, nullptr);
    std::fclose(stream);
    REQUIRE(certificate != nullptr);
    return certificate;
}

bool verifies(X509* certificate, X509* authority, int purpose) {
    X509_STORE* store = X509_STORE_new();
    X509_STORE_add_cert(store, authority);
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, certificate, nullptr);
    X509_STORE_CTX_set_purpose(context, purpose);
    const bool good = X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return good;
}

}  // namespace

TEST_CASE("a server certificate verifies against its authority, for its hosts and its purpose only", "[certs]") {
    const auto folder = fresh_folder();
    const auto authority = certs::Authority::create("test authority");
    authority.write_certificate(folder / "ca.pem");
    const auto pin = authority.issue(
        {"edge", {"upload.example", "127.0.0.1"}, certs::Subject::Use::server, 30}, {folder / "edge.pem", folder / "edge.key"}
    );
    CHECK(pin.size() == 64);

    X509* ca = read_certificate(folder / "ca.pem");
    X509* edge = read_certificate(folder / "edge.pem");
    CHECK(verifies(edge, ca, X509_PURPOSE_SSL_SERVER));
    CHECK_FALSE(verifies(edge, ca, X509_PURPOSE_SSL_CLIENT));
    CHECK(X509_check_host(edge, "upload.example", 0, 0, nullptr) == 1);
    CHECK(X509_check_host(edge, "other.example", 0, 0, nullptr) == 0);
    CHECK(X509_check_ip_asc(edge, "127.0.0.1", 0) == 1);

    const auto stranger = certs::Authority::create("test authority");
    stranger.write_certificate(folder / "stranger.pem");
    X509* other = read_certificate(folder / "stranger.pem");
    CHECK_FALSE(verifies(edge, other, X509_PURPOSE_SSL_SERVER));
    X509_free(other);
    X509_free(edge);
    X509_free(ca);

    struct stat status{};
    REQUIRE(::stat((folder / "edge.key").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    std::filesystem::remove_all(folder);
}
