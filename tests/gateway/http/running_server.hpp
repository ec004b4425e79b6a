// For tests: a Server with a small route table on a thread of its own, with certificates made for the run. Its deadlines are tenths of
// seconds, so that a test of a deadline is short. The destructor stops it and waits: a context that never runs dry hangs the test.
#pragma once

#include "gateway/http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <future>
#include <thread>

namespace tests {

using namespace gateway::http;
using namespace std::chrono_literals;

// A folder with self-signed certificates, each its own authority.
class Certificates {
public:
    Certificates() {
        std::string pattern = (std::filesystem::temp_directory_path() / "wire-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        for (const auto* name : {"server", "client", "stranger"}) {
            make(name);
        }
    }
    ~Certificates() { std::filesystem::remove_all(folder_); }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    void make(const std::string& name) const {
        const auto command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name +
                             " -addext subjectAltName=DNS:localhost -keyout " + key(name).string() + " -out " + certificate(name).string() +
                             " 2>/dev/null";
        if (std::system(command.c_str()) != 0) {
            throw std::runtime_error("openssl makes no certificate");
        }
    }
    std::filesystem::path certificate(const std::string& name) const { return folder_ / (name + ".pem"); }
    std::filesystem::path key(const std::string& name) const { return folder_ / (name + ".key"); }

private:
    std::filesystem::path folder_;
};

// What the handlers saw, read by the test's thread.
struct Seen {
    std::atomic<std::uint64_t> body_bytes{0};
    std::atomic<int> body_errors{0};
    std::atomic<std::uint64_t> source_offset{0};
    Exchange* held = nullptr;  // I/O thread only
};

constexpr std::uint64_t echo_bytes_max = 100'000;
constexpr std::uint64_t large_bytes = 64 * 1024 * 1024;
char large_byte(std::uint64_t offset);
std::vector<Route> test_routes(Seen& seen);

class RunningServer {
public:
    explicit RunningServer(ListenLimits limits = short_limits(), bool client_certificates = false, bool optional = false)
        : routes_(test_routes(seen)) {
        ListenOptions options;
        options.address = "127.0.0.1";
        options.hosts = {"LocalHost", "second.example"};
        options.tls.certificate = certificates.certificate("server");
        options.tls.key = certificates.key("server");
        options.tls.client_ca = client_certificates ? certificates.certificate("client") : std::filesystem::path();
        options.tls.client_optional = optional;
        options.limits = limits;
        server_.emplace(context_, pool_, std::move(options), routes_);
        server_->start();
        thread_ = std::thread([this] { context_.run(); });
    }
    ~RunningServer() {
        stop();
        thread_.join();
        pool_.join();
    }
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    static ListenLimits short_limits() {
        ListenLimits limits;
        limits.handshake = 300ms;
        limits.head = 400ms;
        limits.idle = 300ms;
        limits.body_silence = 300ms;
        limits.body_grace = 600ms;
        limits.write_silence = 400ms;
        limits.shutdown = 200ms;
        limits.stop_drain = 500ms;
        return limits;
    }

    // On the server's own thread, and waits for it.
    template <class Work>
    void run(Work work) {
        std::promise<void> done;
        boost::asio::post(context_, [&] {
            work(*server_);
            done.set_value();
        });
        done.get_future().wait();
    }
    void stop() {
        boost::asio::post(context_, [this] { server_->stop(); });
    }
    std::uint16_t port() const { return server_->port(); }

    Certificates certificates;
    Seen seen;

private:
    boost::asio::io_context context_{1};
    gateway::Pool pool_{1};
    Routes routes_;
    std::optional<Server> server_;
    std::thread thread_;
};

}  // namespace tests
