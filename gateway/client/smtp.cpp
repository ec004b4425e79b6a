#include "gateway/client/smtp.hpp"

#include "gateway/client/libcurl.hpp"
#include "gateway/client/message.hpp"
#include "gateway/limits.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>

namespace gateway::client {
namespace {

struct Sending {
    const std::string& message;
    std::size_t at = 0;
};

std::size_t on_read(char* buffer, std::size_t, std::size_t size, void* user) noexcept {
    auto& sending = *static_cast<Sending*>(user);
    const auto count = std::min(size, sending.message.size() - sending.at);
    std::memcpy(buffer, sending.message.data() + sending.at, count);
    sending.at += count;
    return count;
}

struct FreeHandle {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
    if (curl_easy_setopt(handle, option, value) != CURLE_OK) {
        throw std::runtime_error("libcurl refuses an option it should know");
    }
}

void set_connection(CURL* curl, const SmtpOptions& options) {
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_URL, options.url.c_str());
    set(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(curl, CURLOPT_PROXY, "");
    set(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(limits::connect.count()));
    set(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(curl, CURLOPT_LOW_SPEED_TIME, options.timeout_seconds);
    set(curl, CURLOPT_TIMEOUT, 4 * options.timeout_seconds);  // a mail is small: a server that drips its greeting ends here
    if (!options.ca.empty()) {
        set(curl, CURLOPT_CAINFO, options.ca.c_str());
        set(curl, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
        set(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));  // who names an authority wants TLS, not a try
    } else {
        // An invitation is a capability: in clear it goes to this machine's own mail server only.
        set(curl, CURLOPT_USE_SSL, static_cast<long>(options.user.empty() && is_this_machine(options.url) ? CURLUSESSL_TRY : CURLUSESSL_ALL)
        );
    }
    if (!options.user.empty()) {
        set(curl, CURLOPT_USERNAME, options.user.c_str());
        set(curl, CURLOPT_PASSWORD, options.password.c_str());
    }
}

Errc error_of(CURLcode code) {
    switch (static_cast<int>(code)) {
    case CURLE_OPERATION_TIMEDOUT:
        return Errc::timeout;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return Errc::unreachable;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED:
        return Errc::tls;
    default:
        return Errc::smtp;
    }
}

}  // namespace

bool is_this_machine(const std::string& url) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
    char* text = nullptr;
    if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(parsed.get(), CURLUPART_HOST, &text, 0) != CURLUE_OK) {
        return false;
    }
    const std::unique_ptr<char, decltype(&curl_free)> host(text, &curl_free);
    in_addr four{};
    const bool in_127 = ::inet_pton(AF_INET, text, &four) == 1 && (ntohl(four.s_addr) >> 24U) == 127;
    return in_127 || std::string_view(text) == "localhost" || std::string_view(text) == "[::1]";
}

crypto::Result<void> send_mail(const SmtpOptions& options, const Mail& mail) {
    const auto message = message_of({options.from, options.sender}, mail);
    if (!message) {
        return message.error();
    }
    start_libcurl();
    const std::unique_ptr<CURL, FreeHandle> handle(curl_easy_init());
    const std::unique_ptr<curl_slist, FreeList> recipients(curl_slist_append(nullptr, ("<" + mail.to + ">").c_str()));
    if (!handle || !recipients) {
        throw std::bad_alloc();
    }
    auto* curl = handle.get();
    Sending sending{*message};
    set_connection(curl, options);
    set(curl, CURLOPT_MAIL_FROM, ("<" + options.from + ">").c_str());
    set(curl, CURLOPT_MAIL_RCPT, recipients.get());
    set(curl, CURLOPT_UPLOAD, 1L);
    set(curl, CURLOPT_READFUNCTION, &on_read);
    set(curl, CURLOPT_READDATA, static_cast<void*>(&sending));
    const auto code = curl_easy_perform(curl);
    if (code == CURLE_OK) {
        return {};
    }
    long reply = 0;  // the server's last one, RFC 5321 section 4.2.1
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    const auto error = error_of(code);
    return make_error_code(error == Errc::smtp && reply / 100 == 5 ? Errc::mail_refused : error);
}

}  // namespace gateway::client
