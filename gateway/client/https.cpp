#include "gateway/client/https.hpp"

#include "gateway/ascii.hpp"
#include "gateway/client/libcurl.hpp"
#include "gateway/limits.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace gateway::client {
namespace {

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "client"; }
    std::string message(int value) const override {
        switch (static_cast<Errc>(value)) {
        case Errc::unreachable:
            return "the peer cannot be reached";
        case Errc::tls:
            return "no trusted TLS connection";
        case Errc::timeout:
            return "no progress in time";
        case Errc::aborted:
            return "ended by the caller";
        case Errc::too_large:
            return "the answer is too large";
        case Errc::smtp:
            return "the mail server refused for now";
        case Errc::mail_refused:
            return "the mail server refused this mail";
        }
        return "unknown";
    }
};

struct FreeHandle {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};

struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& line) {
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) {
        throw std::bad_alloc();
    }
    static_cast<void>(list.release());  // `longer` is the same list, or its first node
    list.reset(longer);
}

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
    if (curl_easy_setopt(handle, option, value) != CURLE_OK) {
        throw std::runtime_error("libcurl refuses an option it should know");
    }
}

// One call while it runs: what libcurl's callbacks see.
struct Transfer {
    CURL* handle;
    const Call& call;
    Answer answer;
    std::size_t body_at = 0;
    bool too_large = false;
    bool aborted = false;

    bool to_sink() const {
        long status = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
        return call.sink && status >= 200 && status < 300;
    }
};

// Exceptions must not cross libcurl's C frames: each callback ends the call instead.
std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* user) noexcept {
    auto& transfer = *static_cast<Transfer*>(user);
    try {
        if (transfer.to_sink()) {
            transfer.aborted = !transfer.call.sink(crypto::as_bytes(std::string_view(bytes, size)));
            return transfer.aborted ? 0 : size;
        }
        if (size > transfer.call.answer_bytes_max - transfer.answer.body.size()) {
            transfer.too_large = true;
            return 0;
        }
        transfer.answer.body.append(bytes, size);
        return size;
    } catch (...) {
        transfer.aborted = true;
        return 0;
    }
}

std::size_t on_header(char* bytes, std::size_t, std::size_t size, void* user) noexcept {
    auto& transfer = *static_cast<Transfer*>(user);
    try {
        std::string_view line(bytes, size);
        if (line.starts_with("HTTP/")) {
            transfer.answer.headers.clear();  // a 100 before the answer
            return size;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) {
            return size;
        }
        auto value = line.substr(colon + 1);
        const auto start = value.find_first_not_of(" \t\r\n");
        value = start == std::string_view::npos ? std::string_view() : value.substr(start, value.find_last_not_of(" \t\r\n") - start + 1);
        transfer.answer.headers[lower_case(line.substr(0, colon))] = value;
        return size;
    } catch (...) {
        transfer.aborted = true;
        return 0;
    }
}

std::size_t on_read(char* buffer, std::size_t, std::size_t size, void* user) noexcept {
    auto& transfer = *static_cast<Transfer*>(user);
    try {
        const auto& call = transfer.call;
        if (call.body_source) {
            return call.body_source(std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(buffer), size));
        }
        const auto count = std::min(size, call.body.size() - transfer.body_at);
        std::memcpy(buffer, call.body.data() + transfer.body_at, count);
        transfer.body_at += count;
        return count;
    } catch (...) {
        transfer.aborted = true;
        return CURL_READFUNC_ABORT;
    }
}

Errc error_of(CURLcode code) {
    switch (static_cast<int>(code)) {
    case CURLE_OPERATION_TIMEDOUT:
        return Errc::timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return Errc::tls;
    default:
        return Errc::unreachable;
    }
}

bool one_line(const std::string& text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

}  // namespace

const boost::system::error_category& category() noexcept {
    static const Category instance;
    return instance;
}

boost::system::error_code make_error_code(Errc error) noexcept {
    return {static_cast<int>(error), category()};
}

struct HttpsClient::State {
    explicit State(ClientOptions given) : options(std::move(given)) {
        start_libcurl();
        handle.reset(curl_easy_init());
        if (!handle) {
            throw std::runtime_error("libcurl does not start");
        }
        const bool complete = options.base.starts_with("https://") && !options.base.ends_with('/');
        if (!complete) {
            throw std::runtime_error("not an https URL without a slash at its end: " + options.base);
        }
        if (!options.connect_to.empty()) {
            append(connect_to, "::" + options.connect_to);  // any host, any port
        }
        set_connection();
    }

    void set_connection();
    void set_call(const Call& call, Transfer& transfer, List& headers);

    ClientOptions options;
    List connect_to;
    std::unique_ptr<CURL, FreeHandle> handle;
};

void HttpsClient::State::set_connection() {
    auto* curl = handle.get();
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_PROTOCOLS_STR, "https");
    set(curl, CURLOPT_FOLLOWLOCATION, 0L);
    set(curl, CURLOPT_PROXY, "");  // whatever the environment says
    set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3));
    set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!options.ca.empty()) {
        set(curl, CURLOPT_CAINFO, options.ca.c_str());
        set(curl, CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // only this one
    }
    if (!options.certificate.empty()) {
        set(curl, CURLOPT_SSLCERT, options.certificate.c_str());
        set(curl, CURLOPT_SSLKEY, options.key.c_str());
    }
    if (connect_to) {
        set(curl, CURLOPT_CONNECT_TO, connect_to.get());
    }
    set(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(limits::connect.count()));
    set(curl, CURLOPT_LOW_SPEED_LIMIT, options.bytes_per_second_min);
    set(curl, CURLOPT_LOW_SPEED_TIME, options.timeout_seconds);
    set(curl, CURLOPT_COOKIEFILE, "");  // cookies are kept in this object and nowhere else
}

void HttpsClient::State::set_call(const Call& call, Transfer& transfer, List& headers) {
    auto* curl = handle.get();
    // Every call sets all that differs between calls: libcurl's own reset would lose its list of cookie files, unfreed.
    set(curl, CURLOPT_HTTPGET, 1L);  // no upload, with a body in the answer
    const bool has_body = call.body_source || !call.body.empty() || call.method == "POST" || call.method == "PUT" || call.method == "PATCH";
    set(curl, CURLOPT_URL, (options.base + call.path).c_str());
    if (call.method == "HEAD") {
        set(curl, CURLOPT_NOBODY, 1L);
    } else if (has_body) {
        const auto size = call.body_source ? call.body_size : call.body.size();
        set(curl, CURLOPT_UPLOAD, 1L);
        set(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
        set(curl, CURLOPT_READFUNCTION, &on_read);
        set(curl, CURLOPT_READDATA, static_cast<void*>(&transfer));
    }
    set(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
    // A stream may take its time as long as it moves; an answer that drips does not hold its thread for ever.
    const bool streams = call.body_source || call.sink;
    set(curl, CURLOPT_TIMEOUT, streams ? 0L : 4 * options.timeout_seconds);
    for (const auto& [name, value] : call.headers) {
        append(headers, value.empty() ? name + ";" : name + ": " + value);
    }
    append(headers, "Expect:");  // the answer of a refused upload comes early anyway, and small bodies need no second flight
    set(curl, CURLOPT_HTTPHEADER, headers.get());
    set(curl, CURLOPT_WRITEFUNCTION, &on_body);
    set(curl, CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
    set(curl, CURLOPT_HEADERFUNCTION, &on_header);
    set(curl, CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
}

HttpsClient::HttpsClient(ClientOptions options) : state_(std::make_unique<State>(std::move(options))) {}
HttpsClient::~HttpsClient() = default;
HttpsClient::HttpsClient(HttpsClient&&) noexcept = default;

crypto::Result<Answer> HttpsClient::call(const Call& call) {
    const auto clean = [](const auto& header) { return one_line(header.first) && one_line(header.second); };
    if (!one_line(call.path) || !one_line(call.method) || !std::all_of(call.headers.begin(), call.headers.end(), clean)) {
        return make_error_code(Errc::aborted);
    }
    auto* curl = state_->handle.get();
    Transfer transfer{curl, call, {}};
    List headers;
    state_->set_call(call, transfer, headers);
    const auto code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &transfer.answer.status);
    set(curl, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));  // the list ends with this call
    if (transfer.too_large) {
        return make_error_code(Errc::too_large);
    }
    if (transfer.aborted) {
        return make_error_code(Errc::aborted);
    }
    // A peer that answers and closes while we still send has answered: the answer counts, not the broken pipe.
    const bool answered_early = (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR) && transfer.answer.status >= 400;
    if (code != CURLE_OK && !answered_early) {
        return make_error_code(error_of(code));
    }
    return std::move(transfer.answer);
}

}  // namespace gateway::client
