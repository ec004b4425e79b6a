#include "certs/authority.hpp"

#include "crypto/digest.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace certs {
namespace {

template <auto Free>
struct Release {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;

void demand(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("certificates: OpenSSL could not ") + what);
    }
}

Key make_key() {
    Key key(EVP_EC_gen("P-256"));
    demand(key != nullptr, "make a key");
    return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    demand(extension != nullptr, "make an extension");
    demand(X509_add_ext(certificate, extension.get(), -1) == 1, "add an extension");
}

// RFC 5280 section 4.1: version 3, a random serial of 127 bits, validity from an hour ago (clocks differ) for `days`.
Certificate begin_certificate(EVP_PKEY* key, const std::string& name, int days) {
    Certificate certificate(X509_new());
    demand(certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1, "begin a certificate");

    std::array<unsigned char, 16> serial{};
    demand(RAND_bytes(serial.data(), static_cast<int>(serial.size())) == 1, "draw a serial number");
    serial[0] = static_cast<unsigned char>((serial[0] & 0x7F) | 0x40);
    const std::unique_ptr<BIGNUM, Release<BN_free>> number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    demand(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr, "set the serial number");

    constexpr long hour = 3600;
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -hour);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(days) * 24 * hour);
    demand(X509_set_pubkey(certificate.get(), key) == 1, "set the key");
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    demand(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1, "set the name");
    return certificate;
}

Bio open_file(const std::filesystem::path& file, mode_t mode) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (descriptor < 0) {
        throw std::runtime_error("certificates: " + file.string() + ": " + std::strerror(errno));
    }
    return Bio(BIO_new_fd(descriptor, BIO_CLOSE));
}

std::string alternative_names(const std::vector<std::string>& hosts) {
    std::string list;
    for (const auto& host : hosts) {
        const bool address = host.find_first_not_of("0123456789.") == std::string::npos || host.find(':') != std::string::npos;
        list += (list.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + host;
    }
    return list;
}

}  // namespace

struct Authority::State {
    Key key;
    Certificate certificate;
};

Authority::Authority() : state_(std::make_unique<State>()) {}

Authority::~Authority() = default;
Authority::Authority(Authority&&) noexcept = default;

Authority Authority::create(const std::string& name, int days) {
    Authority authority;
    State& state = *authority.state_;
    state.key = make_key();
    state.certificate = begin_certificate(state.key.get(), name, days);
    X509* certificate = state.certificate.get();
    demand(X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1, "set the issuer");
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    demand(X509_sign(certificate, state.key.get(), EVP_sha256()) > 0, "sign the authority's certificate");
    return authority;
}

void Authority::write_certificate(const std::filesystem::path& file) const {
    const auto bio = open_file(file, 0644);
    demand(PEM_write_bio_X509(bio.get(), state_->certificate.get()) == 1, "write a certificate");
}

std::string Authority::issue(const Subject& subject, const Files& files) const {
    const Key key = make_key();
    const Certificate certificate = begin_certificate(key.get(), subject.name, subject.days);
    X509* issuer = state_->certificate.get();
    demand(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) == 1, "set the issuer");
    add_extension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(certificate.get(), issuer, NID_ext_key_usage, subject.use == Subject::Use::server ? "serverAuth" : "clientAuth");
    add_extension(certificate.get(), issuer, NID_authority_key_identifier, "keyid");
    if (!subject.hosts.empty()) {
        add_extension(certificate.get(), issuer, NID_subject_alt_name, alternative_names(subject.hosts));
    }
    demand(X509_sign(certificate.get(), state_->key.get(), EVP_sha256()) > 0, "sign a certificate");

    const auto key_bio = open_file(files.key, 0600);
    demand(PEM_write_bio_PrivateKey(key_bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1, "write a key");
    const auto bio = open_file(files.certificate, 0644);
    demand(PEM_write_bio_X509(bio.get(), certificate.get()) == 1, "write a certificate");

    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate.get(), &der);
    demand(size > 0, "encode a certificate");
    const auto digest = crypto::sha256({der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return digest.hex();
}

}  // namespace certs
