#include "gateway/edge/oauth/admission.hpp"

#include "gateway/ascii.hpp"

namespace gateway::edge::oauth {
namespace {

using Scheme = Shown::Scheme;

// RFC 9110 section 11.4: a scheme without case, one space, a token without any.
void read_authorization(const http::Request& request, Shown& shown) {
    if (request.count("authorization") == 0) {
        return;
    }
    shown.scheme = Scheme::other;
    const auto value = request.header("authorization").value_or("");
    const auto space = value.find(' ');
    const auto token = space == std::string_view::npos ? std::string_view() : value.substr(space + 1);
    if (token.empty() || token.find_first_of(" \t,") != std::string_view::npos) {
        return;
    }
    const auto scheme = value.substr(0, space);
    if (same_letters(scheme, "bearer") || same_letters(scheme, "dpop")) {
        shown.scheme = same_letters(scheme, "dpop") ? Scheme::dpop : Scheme::bearer;
        shown.token = token;
    }
}

}  // namespace

Shown shown_by(const http::Request& request) {
    Shown shown;
    read_authorization(request, shown);
    shown.proofs = request.count("dpop");
    shown.proof = request.header("dpop").value_or("");
    shown.method = http::method_name(request.method);
    shown.uri = "https://" + std::string(request.header("host").value_or("")) + request.path;
    shown.certificate = crypto::Digest::from_hex(request.client_certificate);
    shown.certificate_trusted = request.client_certificate_trusted;
    return shown;
}

Outcome<Bearer> verify_bearer(const Shown& shown, const storage::edge::Issuer& issuer, policies::Instant now) {
    if (shown.scheme != Scheme::bearer && shown.scheme != Scheme::dpop) {
        return Fault::form;
    }
    const auto token = verify_access_token(shown.token, issuer, now);
    if (token.has_error()) {
        return token.error();
    }
    // RFC 8705 section 3.1. The certificate may be anybody's: it is the token that says whose it is.
    if (token->certificate && token->certificate != shown.certificate) {
        return Fault::certificate;
    }
    if (!token->key) {
        return shown.scheme == Scheme::bearer ? Outcome<Bearer>(Bearer{*token, std::nullopt}) : Outcome<Bearer>(Fault::key);
    }
    // RFC 9449 section 7.1: a token that is bound to a key is refused without its proof, however it comes.
    if (shown.scheme != Scheme::dpop || shown.proofs != 1) {
        return Fault::proof;
    }
    const auto proof = verify_proof(shown.proof, {shown.method, shown.uri, shown.token}, now);
    if (proof.has_error()) {
        return proof.error();
    }
    if (proof->key != *token->key) {
        return Fault::key;
    }
    return Bearer{*token, *proof};
}

Outcome<crypto::Digest> verify_certificate(const Shown& shown) {
    if (shown.scheme != Scheme::none) {
        return Fault::form;
    }
    if (!shown.certificate || !shown.certificate_trusted) {
        return Fault::certificate;
    }
    return *shown.certificate;
}

}  // namespace gateway::edge::oauth
