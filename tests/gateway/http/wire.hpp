// For tests: a client that sends raw bytes over a real TLS connection and reads real answers. Blocking, one thread; a read that gets
// nothing for ten seconds ends as if the peer had gone. Throws when it cannot connect or the handshake fails.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace tests {

struct WireOptions {
    std::string server_name = "localhost";  // SNI; empty: none
    std::string protocols;                  // ALPN, in wire form
    std::filesystem::path certificate, key;
    int version = TLS1_3_VERSION;
    int receive_buffer = 0;  // bytes, to be a slow reader
};

struct Answer {
    int status = 0;
    std::string head, body;
    bool has(const std::string& line) const { return head.find("\r\n" + line + "\r\n") != std::string::npos; }
};

class Wire {
public:
    explicit Wire(std::uint16_t port, const WireOptions& options = {}) {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval patience{10, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (options.receive_buffer != 0) {
            ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof options.receive_buffer);
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool connected = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        context_.reset(SSL_CTX_new(TLS_client_method()));
        SSL_CTX_set_max_proto_version(context_.get(), options.version);
        if (!options.certificate.empty()) {
            SSL_CTX_use_certificate_chain_file(context_.get(), options.certificate.c_str());
            SSL_CTX_use_PrivateKey_file(context_.get(), options.key.c_str(), SSL_FILETYPE_PEM);
        }
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), socket_);
        if (!options.server_name.empty()) {
            auto name = options.server_name;  // OpenSSL's macro for this casts in C style
            SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
        }
        SSL_set_alpn_protos(
            ssl_.get(), reinterpret_cast<const unsigned char*>(options.protocols.data()), static_cast<unsigned>(options.protocols.size())
        );
        if (!connected || SSL_connect(ssl_.get()) != 1) {
            ::close(socket_);
            ERR_clear_error();
            throw std::runtime_error("no TLS connection");
        }
    }
    ~Wire() {
        ssl_.reset();
        ::close(socket_);
    }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    bool send(std::string_view bytes) {
        ERR_clear_error();
        return bytes.empty() || SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
    }

    Answer answer(bool with_body = true) {  // status 0: there was none
        Answer found;
        while (received_.find("\r\n\r\n") == std::string::npos) {
            if (!receive()) {
                return found;
            }
        }
        const auto end = received_.find("\r\n\r\n") + 4;
        found.head = received_.substr(0, end);
        found.status = std::stoi(found.head.substr(9, 3));
        received_.erase(0, end);
        const auto length = found.head.find("\r\nContent-Length: ");
        const auto size = with_body && length != std::string::npos ? std::stoul(found.head.substr(length + 18)) : 0;
        while (received_.size() < size && receive()) {
        }
        found.body = received_.substr(0, size);
        received_.erase(0, size);
        return found;
    }

    std::string rest() {  // all bytes until the end
        while (receive()) {
        }
        return received_;
    }

    // TLS messages that carry nothing, made beforehand so that they come faster than anybody reads them. The wire is of no use for
    // anything else afterwards.
    std::string key_updates(int count) {
        auto* memory = BIO_new(BIO_s_mem());
        SSL_set0_wbio(ssl_.get(), memory);
        for (int made = 0; made < count; ++made) {
            SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
            SSL_do_handshake(ssl_.get());
        }
        char* bytes = nullptr;
        const auto size = BIO_get_mem_data(memory, &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }
    bool send_raw(std::string_view records) const {  // false once the peer is gone
        while (!records.empty()) {
            const auto sent = ::send(socket_, records.data(), records.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            records.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    bool ended_well() const { return close_notify_; }  // the last read met close_notify, not a reset, FIN or silence
    void half_close() const { ::shutdown(socket_, SHUT_WR); }  // FIN without close_notify
    void say_goodbye() { SSL_shutdown(ssl_.get()); }
    const SSL* ssl() const { return ssl_.get(); }

private:
    bool receive() {
        std::array<char, 16384> piece;
        ERR_clear_error();
        const int size = SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
        close_notify_ = size <= 0 && SSL_get_error(ssl_.get(), size) == SSL_ERROR_ZERO_RETURN;
        received_.append(piece.data(), static_cast<std::size_t>(size > 0 ? size : 0));
        return size > 0;
    }

    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    int socket_ = -1;
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> ssl_;
    std::string received_;
    bool close_notify_ = false;
};

}  // namespace tests
