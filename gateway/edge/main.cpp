// sluis-edge: the only program that meets the internet. Composes the edge and nothing else.
//   sluis-edge --config FILE [--check]
// Prints one line of JSON on stdout when it takes requests; events go to stderr. SIGTERM and SIGINT let running requests finish;
// SIGHUP reads the certificates again.

#include "gateway/descriptors.hpp"
#include "gateway/edge/authentication.hpp"
#include "gateway/edge/config.hpp"
#include "gateway/edge/housekeeping.hpp"
#include "gateway/edge/inner_handlers.hpp"
#include "gateway/edge/inner_releases.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/public_routes.hpp"
#include "gateway/http/assets.hpp"
#include "gateway/limits.hpp"
#include "gateway/log.hpp"
#include "gateway/log_key.hpp"
#include "storage/edge/schema.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <stdexcept>

namespace {

namespace asio = boost::asio;
namespace edge = gateway::edge;
namespace http = gateway::http;

constexpr int exit_refused = 1;
constexpr int exit_usage = 2;

struct Command {
    std::filesystem::path config;
    bool check = false;
};

std::optional<Command> parse_command(std::span<char*> arguments) {
    Command command;
    for (std::size_t at = 1; at < arguments.size(); ++at) {
        const std::string_view word = arguments[at];
        if (word == "--check") {
            command.check = true;
        } else if (word == "--config" && at + 1 < arguments.size()) {
            command.config = arguments[++at];
        } else {
            return std::nullopt;
        }
    }
    return command.config.empty() ? std::nullopt : std::optional(command);
}

// Start-up fails with one line; nothing is running yet that could be hurt.
template <class T>
T need(crypto::Result<T> result, const std::string& what) {
    if (result.has_error()) {
        throw std::runtime_error(what + ": " + result.error().message());
    }
    return *std::move(result);
}

std::vector<http::Route> together(std::vector<http::Route> routes, std::vector<http::Route> more) {
    routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return routes;
}

// Uploads of a grant that ran out by itself: nobody publishes a posting at that moment.
asio::awaitable<void> sweep(edge::Services& services, asio::steady_timer& timer, const bool& stopping) {
    while (!stopping) {
        timer.expires_after(edge::limits::sweep_pause);
        boost::system::error_code rung;
        auto token = asio::redirect_error(asio::use_awaitable, rung);
        co_await timer.async_wait(std::move(token));
        if (stopping) {
            co_return;
        }
        auto work = [&services] { return edge::abort_expired(services); };
        const storage::Result<std::vector<policies::UploadId>> expired = co_await gateway::offload(services.pool, std::move(work));
        if (expired.has_value()) {
            for (const auto& id : *expired) {
                services.active.cancel(id);
            }
        }
    }
}

// Releases whose time is over: nobody could read them any more, now their files go.
asio::awaitable<void> sweep_releases(edge::Services& services, asio::steady_timer& timer, const bool& stopping) {
    while (!stopping) {
        auto work = [&services] { return edge::end_expired_releases(services); };
        const std::size_t ended = co_await gateway::offload(services.pool, std::move(work));
        if (ended > 0) {
            gateway::log_event("release.expired", {{"releases", std::uint64_t{ended}}});
        }
        timer.expires_after(edge::limits::release_sweep_pause);
        boost::system::error_code rung;
        auto token = asio::redirect_error(asio::use_awaitable, rung);
        if (!stopping) {
            co_await timer.async_wait(std::move(token));
        }
    }
}

// The listeners that strangers fill take no more connections than there are descriptors for; core's has its own among the reserve. When
// there is one for machines it has a share of its own, so that neither kind of stranger can keep the other out.
void fit_connections(edge::Config& config) {
    const auto descriptors = gateway::raise_descriptor_limit(gateway::limits::descriptors);
    auto connections = std::min(config.outer.limits.connections, gateway::connections_that_fit(descriptors));
    if (config.machines) {
        config.machines->limits.connections = std::max<std::size_t>(std::min(edge::limits::machine_connections, connections / 4), 1);
        connections = std::max<std::size_t>(connections - config.machines->limits.connections, 1);
    }
    config.outer.limits.connections = connections;
    gateway::log_event("edge.descriptors", {{"limit", std::uint64_t{descriptors}}, {"connections", std::uint64_t{connections}}});
}

struct Servers {
    http::Server outer;
    http::Server inner;
    std::optional<http::Server> machines;

    void each(void (http::Server::*act)()) {
        (outer.*act)();
        (inner.*act)();
        if (machines) {
            (*machines.*act)();
        }
    }
};

void say_ready(const Servers& servers) {
    const std::string machines = servers.machines ? ",\"machines\":" + std::to_string(servers.machines->port()) : std::string();
    std::printf(
        "{\"ready\":true,\"public\":%u,\"inner\":%u%s}\n", unsigned{servers.outer.port()}, unsigned{servers.inner.port()}, machines.c_str()
    );
    std::fflush(stdout);
    gateway::log_event(
        "edge.started",
        {{"public", int{servers.outer.port()}},
         {"inner", int{servers.inner.port()}},
         {"machines", servers.machines ? int{servers.machines->port()} : 0}}
    );
}

// The listeners, until a signal says stop and running requests have ended.
void serve(edge::Config config, edge::Services& services) {
    asio::io_context context(1);
    edge::oauth::Replays proofs;
    edge::Services for_machines = services;
    for_machines.proofs = &proofs;
    const http::Routes outside(
        together(http::asset_routes(std::span(http::sluis_assets, http::sluis_assets_count)), edge::public_routes(services))
    );
    const http::Routes inside(together(edge::inner_routes(services), edge::inner_release_routes(services)));
    const http::Routes machine_routes(edge::with_challenge(edge::api_routes(for_machines)));
    fit_connections(config);
    Servers servers{
        http::Server(context, services.pool, config.outer, outside),
        http::Server(context, services.pool, config.inner, inside),
        std::nullopt
    };
    if (config.machines) {
        servers.machines.emplace(context, services.pool, *config.machines, machine_routes);
    }
    asio::steady_timer sweep_timer(context);
    bool stopping = false;
    asio::co_spawn(context, sweep(services, sweep_timer, stopping), asio::detached);
    asio::steady_timer release_timer(context);
    asio::co_spawn(context, sweep_releases(services, release_timer, stopping), asio::detached);

    asio::signal_set ends(context, SIGTERM, SIGINT);
    asio::signal_set reloads(context, SIGHUP);
    ends.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) {
            gateway::log_event("edge.stopping");
            stopping = true;
            reloads.cancel();
            sweep_timer.cancel();
            release_timer.cancel();
            servers.each(&http::Server::stop);
        }
    });
    std::function<void(const boost::system::error_code&, int)> reload = [&](const boost::system::error_code& error, int) {
        if (!error && !stopping) {  // a SIGHUP right behind the SIGTERM is out of reach of cancel()
            servers.each(&http::Server::reload_certificate);
            gateway::log_event("edge.certificates-reloaded");
            reloads.async_wait(reload);
        }
    };
    reloads.async_wait(reload);

    servers.each(&http::Server::start);
    say_ready(servers);
    context.run();
    // Before the context goes: a job's thread that brought the last coroutine home may still be leaving it.
    services.hashing.join();
    services.pool.join();
}

void run(const edge::Config& config) {
    std::filesystem::create_directories(config.state);
    crypto::SystemRandom random;
    const gateway::SystemClock clock;
    storage::MerkleLog log(gateway::read_log_key(config.log_key), random);
    auto opened = storage::Database::open(config.state / "edge.db", storage::edge::schema());
    if (opened.has_error() && opened.error() == storage::Errc::conflict) {
        throw std::runtime_error("state: another sluis-edge uses this folder");
    }
    const auto database = need(std::move(opened), "state");
    const auto vault = need(storage::Vault::open(config.state / "vault"), "state");
    const auto release_files = need(storage::Vault::open(config.state / "releases"), "state");
    database->at_end_of_batch([&log](storage::Connection& connection) { log.end_batch(connection); });
    storage::edge::Postings postings(log);
    storage::edge::Uploads uploads(log);
    storage::edge::Releases releases(log);
    storage::edge::Issuers issuers(log);
    edge::ActiveUploads active;
    gateway::Pool pool(edge::limits::pool_threads);
    gateway::Pool hashing(edge::limits::hashing_threads);
    edge::Services services{
        pool,
        hashing,
        *database,
        log,
        vault,
        postings,
        uploads,
        releases,
        release_files,
        issuers,
        clock,
        random,
        active,
        config.disk_reserve,
        config.core_certificate,
        config.security_contact,
        nullptr
    };
    if (const auto tidy = edge::tidy_at_start(services); tidy.has_error()) {
        throw std::runtime_error("state: " + tidy.error().message());
    }
    if (const auto tidy = edge::tidy_releases_at_start(services); tidy.has_error()) {
        throw std::runtime_error("state: " + tidy.error().message());
    }
    serve(config, services);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        std::signal(number, SIG_IGN);  // it is ending already: a second word must not cut it short
    }
    gateway::log_event("edge.stopped");
}

}  // namespace

int main(int count, char** arguments) {
    const auto command = parse_command({arguments, static_cast<std::size_t>(count)});
    if (!command) {
        std::fputs("usage: sluis-edge --config FILE [--check]\n", stderr);
        return exit_usage;
    }
    try {
        crypto::start_secret_memory();
        ::umask(S_IRWXG | S_IRWXO);
        std::signal(SIGPIPE, SIG_IGN);  // a peer that goes away is an error code, not an end
        const auto config = edge::read_config(command->config);
        if (config.faults.empty() && command->check) {
            static_cast<void>(gateway::read_log_key(config.log_key));
        }
        for (const auto& fault : config.faults) {
            std::fprintf(stderr, "%s\n", fault.c_str());
        }
        if (!config.faults.empty()) {
            return exit_refused;
        }
        if (command->check) {
            std::puts("the configuration is valid");
        } else {
            run(config);
        }
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sluis-edge: %s\n", error.what());
        return exit_refused;
    }
}
