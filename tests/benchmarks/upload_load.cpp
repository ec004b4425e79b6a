// Load for the upload benchmarks: a TLS 1.3 client that says what it saw as one line of JSON.
//   upload_load big|small|hold|idle|handshakes --port N --ca FILE [--protocol put|tus] [--path /x] [--body FILE] [--count N]
//               [--connections N] [--seconds N] [--grants FILE] [--seal FILE]
// big: one upload; tus in two requests. small: `count` uploads over `connections` kept connections; tus in one request.
// hold: `count` uploads of which half is sent, one connection each. idle: `count` connections that say nothing after the handshake. Both
// print {"held":N}, wait for a line on stdin, and print how many still live. handshakes: `connections` threads for `seconds`.
// A grant is a line "token metadata"; connection n uses the n-th. A seal is the body sent to LOCATION/seal behind each upload.
// Every hundred connections, or fewer, come from a loopback address of their own: servers count them by address.

#include "tests/benchmarks/upload_link.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using upload_load::Answer;
using upload_load::Link;
using Clock = std::chrono::steady_clock;

constexpr int failures_in_a_row_max = 3;  // then the server takes no more

struct Grant {
    std::string token;
    std::string metadata;
};

struct Order {
    std::map<std::string, std::string> words;
    std::vector<Grant> grants;
    std::string seal;
    std::string_view body;

    std::string text(const std::string& name, const std::string& otherwise = {}) const {
        const auto found = words.find(name);
        return found == words.end() ? otherwise : found->second;
    }
    std::size_t number(const std::string& name, std::size_t otherwise) const { return std::stoul(text(name, std::to_string(otherwise))); }
    bool tus() const { return text("protocol", "put") == "tus"; }
};

std::string content_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        throw std::runtime_error("cannot read " + file);
    }
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::string_view mapped(const std::string& file) {
    const int descriptor = open(file.c_str(), O_RDONLY);
    struct stat status{};
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        throw std::runtime_error("cannot read " + file);
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    void* at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
    close(descriptor);
    if (at == MAP_FAILED) {
        throw std::runtime_error("cannot map " + file);
    }
    return {static_cast<const char*>(at), size};
}

class Uploader {
public:
    Uploader(const Order& order, SSL_CTX* context, std::size_t number)
        : order_(order), link_(context, order.number("port", 0), number), number_(number) {
        common_ = " HTTP/1.1\r\nHost: localhost:" + order.text("port") + "\r\n";
        if (!order.grants.empty()) {
            grant_ = order.grants[number % order.grants.size()];
            common_ += "Authorization: Bearer " + grant_.token + "\r\n";
        }
    }

    void in_one_request() {
        begin_one_request();
        link_.send(order_.body);
        finish(expect_success(link_.receive()).location);
    }

    void half_of_one_request() {
        begin_one_request();
        link_.send(order_.body.substr(0, order_.body.size() / 2));
    }

    void in_two_requests() {
        link_.send(creation(0));
        const auto location = path_of(expect_success(link_.receive()).location);
        link_.send("PATCH " + location + common_ + "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n" + length_and_type(order_.body.size()));
        link_.send(order_.body);
        expect_success(link_.receive());
        finish(location);
    }

    bool alive() const { return link_.alive(); }

private:
    static Answer expect_success(Answer answer) {
        if (answer.status / 100 != 2) {
            throw std::runtime_error("status " + std::to_string(answer.status));
        }
        return answer;
    }

    static std::string path_of(const std::string& location) {
        const auto scheme = location.find("://");
        return scheme == std::string::npos ? location : location.substr(location.find('/', scheme + 3));
    }

    static std::string length_and_type(std::size_t size) {
        return "Content-Type: application/offset+octet-stream\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
    }

    std::string creation(std::size_t body_bytes) const {
        return "POST " + order_.text("path") + common_ + "Tus-Resumable: 1.0.0\r\nUpload-Length: " + std::to_string(order_.body.size()) +
               "\r\nUpload-Metadata: " + grant_.metadata + "\r\n" + length_and_type(body_bytes);
    }

    void begin_one_request() {
        if (order_.tus()) {
            link_.send(creation(order_.body.size()));
        } else {
            const auto name = std::to_string(getpid()) + "-" + std::to_string(number_) + "-" + std::to_string(++files_);
            link_.send(
                "PUT " + order_.text("path") + "/" + name + common_ + "Content-Length: " + std::to_string(order_.body.size()) + "\r\n\r\n"
            );
        }
    }

    void finish(const std::string& location) {
        if (!order_.seal.empty()) {
            link_.send(
                "POST " + path_of(location) + "/seal" + common_ +
                "Content-Type: application/json\r\nContent-Length: " + std::to_string(order_.seal.size()) + "\r\n\r\n" + order_.seal
            );
            expect_success(link_.receive());
        }
    }

    const Order& order_;
    Link link_;
    std::size_t number_;
    std::size_t files_ = 0;
    Grant grant_;
    std::string common_;
};

double seconds_since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

void upload_big(const Order& order, SSL_CTX* context) {
    Uploader uploader(order, context, 0);
    const auto began = Clock::now();
    order.tus() ? uploader.in_two_requests() : uploader.in_one_request();
    std::printf("{\"seconds\":%.6f}\n", seconds_since(began));
}

void upload_small(const Order& order, SSL_CTX* context) {
    std::vector<std::unique_ptr<Uploader>> uploaders;
    for (std::size_t number = 0; number < order.number("connections", 16); ++number) {
        uploaders.push_back(std::make_unique<Uploader>(order, context, number));
    }
    const std::size_t count = order.number("count", 1000);
    std::atomic<std::size_t> next = 0;
    std::atomic<std::size_t> failed = 0;
    std::mutex mutex;
    std::vector<double> taken;
    const auto work = [&](Uploader& uploader) {
        std::vector<double> mine;
        try {
            while (next++ < count) {
                const auto began = Clock::now();
                uploader.in_one_request();
                mine.push_back(1000 * seconds_since(began));
            }
        } catch (const std::exception& error) {
            std::cerr << error.what() << "\n";
            ++failed;
        }
        const std::lock_guard lock(mutex);
        taken.insert(taken.end(), mine.begin(), mine.end());
    };
    const auto began = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (auto& uploader : uploaders) {
            threads.emplace_back(work, std::ref(*uploader));
        }
    }
    const double seconds = seconds_since(began);
    if (failed != 0 || taken.empty()) {
        throw std::runtime_error(std::to_string(failed) + " connections failed");
    }
    std::ranges::sort(taken);
    std::printf(
        "{\"seconds\":%.6f,\"p50\":%.3f,\"p99\":%.3f}\n",
        seconds,
        taken[taken.size() / 2],
        taken[std::min(taken.size() - 1, taken.size() * 99 / 100)]
    );
}

template <class Made, class Make>
void keep(std::size_t count, Make make) {
    std::vector<std::unique_ptr<Made>> kept;
    int failures = 0;
    for (std::size_t number = 0; number < count && failures < failures_in_a_row_max; ++number) {
        try {
            kept.push_back(make(number));
            failures = 0;
        } catch (const std::exception&) {
            ++failures;
        }
    }
    std::printf("{\"held\":%zu}\n", kept.size());
    std::fflush(stdout);
    std::string line;
    std::getline(std::cin, line);
    const auto alive = std::ranges::count_if(kept, [](const auto& one) { return one->alive(); });
    std::printf("{\"alive\":%zd}\n", alive);
}

void hold(const Order& order, SSL_CTX* context) {
    keep<Uploader>(order.number("count", 1000), [&](std::size_t number) {
        auto uploader = std::make_unique<Uploader>(order, context, number);
        uploader->half_of_one_request();
        return uploader;
    });
}

void stay_idle(const Order& order, SSL_CTX* context) {
    keep<Link>(order.number("count", 10'000), [&](std::size_t number) {
        return std::make_unique<Link>(context, order.number("port", 0), number);
    });
}

void shake_hands(const Order& order, SSL_CTX* context) {
    const std::size_t threads_wanted = order.number("connections", 4);
    const auto began = Clock::now();
    const auto until = began + std::chrono::seconds(order.number("seconds", 5));
    std::atomic<std::size_t> done = 0;
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread < threads_wanted; ++thread) {
            threads.emplace_back([&, number = thread * 20'000]() mutable {
                while (Clock::now() < until) {
                    const Link link(context, order.number("port", 0), number++);
                    ++done;
                }
            });
        }
    }
    std::printf("{\"seconds\":%.6f,\"handshakes\":%zu}\n", seconds_since(began), done.load());
}

Order parse(int count, char** words) {
    Order order;
    for (int at = 2; at + 1 < count; at += 2) {
        order.words[std::string(words[at]).substr(2)] = words[at + 1];
    }
    if (order.words.contains("grants")) {
        std::istringstream lines(content_of(order.text("grants")));
        for (Grant grant; lines >> grant.token && std::getline(lines >> std::ws, grant.metadata);) {
            order.grants.push_back(grant);
        }
    }
    if (order.words.contains("seal")) {
        order.seal = content_of(order.text("seal"));
    }
    if (order.words.contains("body")) {
        order.body = mapped(order.text("body"));
    }
    return order;
}

}  // namespace

int main(int count, char** words) {
    std::signal(SIGPIPE, SIG_IGN);
    rlimit descriptors{};
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    const std::map<std::string, void (*)(const Order&, SSL_CTX*)> modes{
        {"big", upload_big}, {"small", upload_small}, {"hold", hold}, {"idle", stay_idle}, {"handshakes", shake_hands}
    };
    const auto mode = modes.find(count > 1 ? words[1] : "");
    if (mode == modes.end()) {
        std::cerr << "usage: upload_load big|small|hold|idle|handshakes --port N --ca FILE …\n";
        return 2;
    }
    try {
        const Order order = parse(count, words);
        const auto context = upload_load::client_context(order.text("ca"));
        mode->second(order, context.get());
    } catch (const std::exception& error) {
        std::cerr << "upload_load: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
