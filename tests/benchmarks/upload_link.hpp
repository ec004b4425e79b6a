// A blocking TLS 1.3 connection to a server on loopback that speaks HTTP/1.1, for upload_load.cpp. Believes nothing but what it needs:
// status, Location, and where an answer ends. Every failure is an exception. One thread a Link.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace upload_load {

constexpr std::size_t write_bytes = 256 * 1024;
constexpr std::size_t connections_per_source = 50;
constexpr timeval socket_patience{10, 0};

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

inline Context client_context(const std::string& authority) {
    Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_256_GCM_SHA384") != 1 || SSL_CTX_set1_groups_list(context.get(), "X25519") != 1 ||
        SSL_CTX_load_verify_file(context.get(), authority.c_str()) != 1) {
        throw std::runtime_error("TLS set-up");
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    return context;
}

struct Answer {
    int status = 0;
    std::string location;
};

// One connection, blocking. Every failure is an exception.
class Link {
public:
    Link(SSL_CTX* context, std::size_t port, std::size_t number) : ssl_(nullptr, SSL_free), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in source{};
        source.sin_family = AF_INET;
        source.sin_addr.s_addr = htonl(static_cast<std::uint32_t>((127U << 24U) + (1U << 16U) + 1 + number / connections_per_source));
        sockaddr_in target{};
        target.sin_family = AF_INET;
        target.sin_port = htons(static_cast<std::uint16_t>(port));
        target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        setsockopt(socket_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &socket_patience, sizeof socket_patience);
        setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &socket_patience, sizeof socket_patience);
        if (bind(socket_, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0 ||
            connect(socket_, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
            close(socket_);
            throw std::runtime_error("connect");
        }
        ssl_.reset(SSL_new(context));
        if (!ssl_ || SSL_set_fd(ssl_.get(), socket_) != 1 || SSL_set_tlsext_host_name(ssl_.get(), "localhost") != 1 ||
            SSL_set1_host(ssl_.get(), "localhost") != 1 || SSL_connect(ssl_.get()) != 1) {
            ERR_clear_error();
            ssl_.reset();
            close(socket_);
            throw std::runtime_error("handshake");
        }
    }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link() {
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
        ssl_.reset();
        close(socket_);
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            std::size_t written = 0;
            if (SSL_write_ex(ssl_.get(), bytes.data(), std::min(bytes.size(), write_bytes), &written) != 1) {
                throw std::runtime_error("write");
            }
            bytes.remove_prefix(written);
        }
    }

    Answer receive() {
        Answer answer;
        do {
            answer = receive_one();
        } while (answer.status / 100 == 1);
        return answer;
    }

    bool alive() const {
        pollfd asked{socket_, POLLRDHUP, 0};
        return poll(&asked, 1, 0) == 0;
    }

private:
    void more() {
        char piece[16 * 1024];
        std::size_t got = 0;
        if (SSL_read_ex(ssl_.get(), piece, sizeof piece, &got) != 1) {
            throw std::runtime_error("read");
        }
        input_.append(piece, got);
    }

    std::size_t until(std::string_view mark) {
        for (;;) {
            if (const auto at = input_.find(mark); at != std::string::npos) {
                return at + mark.size();
            }
            more();
        }
    }

    static std::string field(std::string_view head, std::string_view name) {
        const auto same = [](char one, char other) { return std::tolower(one) == std::tolower(other); };
        const auto at = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
        if (at == head.end()) {
            return {};
        }
        const auto from = at + static_cast<std::ptrdiff_t>(name.size());
        return std::string(from, std::find(from, head.end(), '\r'));
    }

    Answer receive_one() {
        const auto end = until("\r\n\r\n");
        const std::string head = input_.substr(0, end);
        input_.erase(0, end);
        if (!head.starts_with("HTTP/1.1 ")) {
            throw std::runtime_error("no HTTP/1.1");
        }
        const Answer answer{std::stoi(head.substr(9, 3)), field(head, "\r\nLocation: ")};
        if (!field(head, "\r\nTransfer-Encoding: ").empty()) {
            input_.erase(0, until("0\r\n\r\n"));
            return answer;
        }
        const auto length = field(head, "\r\nContent-Length: ");
        const std::size_t body = length.empty() ? 0 : std::stoul(length);
        while (input_.size() < body) {
            more();
        }
        if (answer.status >= 400) {
            std::cerr << head.substr(0, head.find('\r')) << " " << input_.substr(0, std::min<std::size_t>(body, 300)) << "\n";
        }
        input_.erase(0, body);
        return answer;
    }

    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    int socket_;
    std::string input_;
};

}  // namespace upload_load
