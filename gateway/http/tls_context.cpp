#include "gateway/http/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <stdexcept>

namespace gateway::http {
namespace {

constexpr int chain_depth_max = 4;

[[noreturn]] void fail(const std::string& what) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    throw std::runtime_error(reason == nullptr ? what : what + ": " + reason);
}

void must(bool done, const std::string& what) {
    if (!done) {
        fail(what);
    }
}

// RFC 7301: a client that offers protocols, none of which we speak, is told so instead of being served something else.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered, unsigned int size, void*) {
    static constexpr unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, ours, sizeof ours, offered, size) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

void set_profile(SSL_CTX* context) {
    must(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1, "TLS 1.3");
    must(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1, "TLS 1.3");
    must(
        SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256") == 1,
        "cipher suites"
    );
    // OpenSSL before 3.5 does not know the post-quantum hybrid and refuses the whole list.
    if (SSL_CTX_set1_groups_list(context, "X25519MLKEM768:X25519:P-256:P-384") != 1) {
        ERR_clear_error();
        must(SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1, "key exchange groups");
    }
    SSL_CTX_set_options(
        context,
        SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT
    );
    // No tickets, no cache: every handshake is a full one, and with an ECDSA key costs less than what a ticket key would have to guard.
    must(SSL_CTX_set_num_tickets(context, 0) == 1, "tickets");
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    must(SSL_CTX_set_max_early_data(context, 0) == 1, "early data");
    // An idle connection keeps no record buffers; a write may be taken in part, and retried from where it stood.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

void set_client_authority(SSL_CTX* context, const std::filesystem::path& authority) {
    must(SSL_CTX_load_verify_file(context, authority.c_str()) == 1, "client authority " + authority.string());
    auto* names = SSL_load_client_CA_file(authority.c_str());
    must(names != nullptr, "client authority " + authority.string());
    SSL_CTX_set_client_CA_list(context, names);  // takes the list
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_verify_depth(context, chain_depth_max);
}

// Looks at the chain and goes on whatever it found: SSL_get_verify_result tells it, and the client has proved in any case that it holds
// the certificate's key.
int verify_and_go_on(X509_STORE_CTX* chain, void*) {
    static_cast<void>(X509_verify_cert(chain));
    ERR_clear_error();
    return 1;
}

// No names of authorities are sent: a client with a certificate of its own making would take them for a refusal.
void welcome_client_certificates(SSL_CTX* context, const std::filesystem::path& authority) {
    if (!authority.empty()) {
        must(SSL_CTX_load_verify_file(context, authority.c_str()) == 1, "client authority " + authority.string());
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_verify_depth(context, chain_depth_max);
    SSL_CTX_set_cert_verify_callback(context, verify_and_go_on, nullptr);
}

}  // namespace

TlsContext::TlsContext(const TlsFiles& files) : context_(SSL_CTX_new(TLS_server_method())) {
    ERR_clear_error();
    must(context_ != nullptr, "TLS");
    set_profile(context_.get());
    must(SSL_CTX_use_certificate_chain_file(context_.get(), files.certificate.c_str()) == 1, "certificate " + files.certificate.string());
    must(SSL_CTX_use_PrivateKey_file(context_.get(), files.key.c_str(), SSL_FILETYPE_PEM) == 1, "key " + files.key.string());
    must(SSL_CTX_check_private_key(context_.get()) == 1, "key " + files.key.string() + " does not fit its certificate");
    if (files.client_optional) {
        welcome_client_certificates(context_.get(), files.client_ca);
    } else if (!files.client_ca.empty()) {
        set_client_authority(context_.get(), files.client_ca);
    }
}

}  // namespace gateway::http
