// The physical limit the upload benchmarks are held against: takes PUT bodies over TLS 1.3, writes each to a file, fdatasync, 204. No
// names, no rows, no checks. A thread a connection.
//   upload_sink --certificate FILE --key FILE --folder FOLDER        prints {"port":N} when it takes connections

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::string_view head_end = "\r\n\r\n";

std::atomic<std::size_t> files = 0;

void must(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(what);
    }
}

struct Context {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    std::string folder;
};

class Connection {
public:
    Connection(const Context& context, int socket) : context_(context), socket_(socket), ssl_(SSL_new(context.tls.get()), SSL_free) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        ssl_.reset();
        close(socket_);
    }

    void serve() {
        must(ssl_ && SSL_set_fd(ssl_.get(), socket_) == 1 && SSL_accept(ssl_.get()) == 1, "handshake");
        piece_.resize(piece_bytes);
        while (take_one()) {
        }
    }

private:
    bool take_one() {
        std::size_t end = std::string::npos;
        while ((end = std::string_view(piece_.data(), filled_).find(head_end)) == std::string::npos) {
            must(filled_ < piece_.size(), "head");
            if (!fill()) {
                return false;
            }
        }
        const std::string head(piece_.data(), end + 2);
        const auto field = head.find("\r\nContent-Length: ");
        must(field != std::string::npos, "length");
        const std::size_t length = std::stoul(head.substr(field + 18));
        std::copy(
            piece_.begin() + static_cast<std::ptrdiff_t>(end + head_end.size()),
            piece_.begin() + static_cast<std::ptrdiff_t>(filled_),
            piece_.begin()
        );
        filled_ -= end + head_end.size();
        store(length);
        static constexpr std::string_view answer = "HTTP/1.1 204 No Content\r\n\r\n";
        std::size_t written = 0;
        must(SSL_write_ex(ssl_.get(), answer.data(), answer.size(), &written) == 1, "answer");
        return true;
    }

    void store(std::size_t left) {
        const std::string file = context_.folder + "/" + std::to_string(++files);
        const int descriptor = open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        must(descriptor >= 0, "open");
        bool good = true;
        while (good && left != 0) {
            // A full piece a write, as long as there is so much.
            while (good && filled_ < std::min(left, piece_.size())) {
                good = fill();
            }
            good = good && write(descriptor, piece_.data(), filled_) == static_cast<ssize_t>(filled_);
            left -= std::min(left, filled_);
            filled_ = 0;
        }
        good = good && fdatasync(descriptor) == 0;
        close(descriptor);
        must(good, "write");
    }

    bool fill() {
        std::size_t got = 0;
        const bool more = SSL_read_ex(ssl_.get(), piece_.data() + filled_, piece_.size() - filled_, &got) == 1;
        filled_ += got;
        return more;
    }

    const Context& context_;
    int socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    std::vector<char> piece_;
    std::size_t filled_ = 0;
};

int listen_on_loopback() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    must(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener, 1024) == 0, "listen");
    must(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0, "port");
    std::printf("{\"port\":%u}\n", unsigned{ntohs(address.sin_port)});
    std::fflush(stdout);
    return listener;
}

void serve(const Context& context, int listener) {
    for (;;) {
        const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) {
            continue;
        }
        const int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::thread([&context, socket] {
            try {
                Connection(context, socket).serve();
            } catch (const std::exception& error) {
                std::cerr << error.what() << "\n";
            }
            ERR_clear_error();
        }).detach();
    }
}

}  // namespace

int main(int count, char** words) {
    std::signal(SIGPIPE, SIG_IGN);
    std::map<std::string, std::string> given;
    for (int at = 1; at + 1 < count; at += 2) {
        given[words[at]] = words[at + 1];
    }
    try {
        Context context;
        context.folder = given["--folder"];
        auto* tls = context.tls.get();
        must(
            tls != nullptr && SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1 &&
                SSL_CTX_use_certificate_chain_file(tls, given["--certificate"].c_str()) == 1 &&
                SSL_CTX_use_PrivateKey_file(tls, given["--key"].c_str(), SSL_FILETYPE_PEM) == 1,
            "TLS set-up"
        );
        SSL_CTX_set_num_tickets(tls, 0);
        SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_read_ahead(tls, 1);
        serve(context, listen_on_loopback());
    } catch (const std::exception& error) {
        std::cerr << "upload_sink: " << error.what() << "\n";
        return 1;
    }
}
