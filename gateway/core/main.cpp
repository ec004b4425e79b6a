// sluis-core: everything that has meaning, inside. Composes the core and nothing else.
//   sluis-core --config FILE              serve the console, pull from the edge, publish to it, send mail
//   sluis-core --config FILE --check      say what is wrong with the configuration, the keys and the case types
//   sluis-core --config FILE --add-staff  accounts from standard input, one JSON object a line
//   sluis-core --config FILE --keys …     rotate, recover, drill, destroy: see keys/commands.hpp
// Prints one line of JSON on stdout when it takes requests; events go to stderr. SIGTERM and SIGINT let running requests and the
// document at hand finish; SIGHUP reads certificates, keys and issuers again.

#include "crypto/errors.hpp"
#include "crypto/password.hpp"
#include "gateway/core/add_staff.hpp"
#include "gateway/core/console/routes.hpp"
#include "gateway/core/ground.hpp"
#include "gateway/core/keys/commands.hpp"
#include "gateway/core/keys/rotation.hpp"
#include "gateway/core/notify/notifier.hpp"
#include "gateway/core/publisher.hpp"
#include "gateway/core/release_publisher.hpp"
#include "gateway/core/router/router.hpp"
#include "gateway/descriptors.hpp"
#include "gateway/http/assets.hpp"
#include "gateway/limits.hpp"
#include "gateway/log.hpp"
#include "gateway/log_key.hpp"

#include <boost/asio/signal_set.hpp>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace {

namespace asio = boost::asio;
namespace core = gateway::core;
namespace http = gateway::http;
using core::Ground;
using core::need;

constexpr int exit_refused = 1;
constexpr int exit_usage = 2;
constexpr std::size_t pool_threads = 4;

struct Command {
    std::filesystem::path config;
    enum class Act { serve, check, add_staff, keys } act = Act::serve;
    std::span<char*> rest;  // the words behind --keys
};

std::optional<Command> parse_command(std::span<char*> arguments) {
    Command command;
    for (std::size_t at = 1; at < arguments.size(); ++at) {
        const std::string_view word = arguments[at];
        if (word == "--check") {
            command.act = Command::Act::check;
        } else if (word == "--add-staff") {
            command.act = Command::Act::add_staff;
        } else if (word == "--keys") {
            command.act = Command::Act::keys;
            command.rest = arguments.subspan(at + 1);
            break;
        } else if (word == "--config" && at + 1 < arguments.size()) {
            command.config = arguments[++at];
        } else {
            return std::nullopt;
        }
    }
    return command.config.empty() ? std::nullopt : std::optional(command);
}

bool say_faults(const std::vector<std::string>& faults) {
    for (const auto& fault : faults) {
        std::fprintf(stderr, "%s\n", fault.c_str());
    }
    return !faults.empty();
}

bool say_faults(const std::vector<policies::Fault>& faults) {
    for (const auto& fault : faults) {
        std::fprintf(stderr, "policies: %s: %s\n", fault.path.c_str(), fault.what.c_str());
    }
    return !faults.empty();
}

int add_staff(const core::Config& config) {
    Ground ground(config, need(core::Keyring::open(config.keys), "keys"));
    const auto done = need(core::add_staff(std::cin, *ground.database, ground.audit, ground.random, ground.clock.now()), "accounts");
    return say_faults(done.faults) ? exit_refused : 0;
}

int check(const core::Config& config) {
    static_cast<void>(gateway::read_log_key(config.log_key));
    static_cast<void>(need(core::Keyring::open(config.keys), "keys"));
    if (say_faults(core::read_case_types(config.policies).faults)) {
        return exit_refused;
    }
    std::puts("the configuration is valid");
    return 0;
}

core::router::Tools router_tools(
    Ground& ground,
    const storage::core::CaseStore& store,
    const core::Config& config,
    const std::string& console,
    core::EdgeLink& edge
) {
    return {
        *ground.database,
        ground.audit,
        store,
        ground.keyring,
        edge,
        ground.clock,
        ground.random,
        need(crypto::NoteVerifier::parse(config.edge_log), "edge.log"),
        console,
        config.mail_host
    };
}

// The threads that work off rows of the database. Each has a connection to the edge, or to the mail server, of its own.
struct Workers {
    Workers(Ground& ground, const storage::core::CaseStore& store, const core::Config& config, const std::string& console)
        : publishing(config.edge), releasing(config.edge), pulling(config.edge), carrying(config.edge), carrying_large(config.edge),
          sender(config.mail), publisher(
                                   {*ground.database, ground.audit, ground.keyring, publishing, ground.clock, ground.random},
                                   {.organisation = config.organisation,
                                    .edge_url = config.edge_public,
                                    .edge_log_vkey = config.edge_log,
                                    .issuers = config.issuers}
                               ),
          release_publisher({*ground.database, store, ground.keyring, releasing, ground.clock, ground.random}, {}),
          notifier({*ground.database, ground.audit, ground.keyring, sender, ground.clock, ground.random}, {}),
          router(
              {router_tools(ground, store, config, console, pulling),
               router_tools(ground, store, config, console, carrying),
               router_tools(ground, store, config, console, carrying_large)},
              {.pull_every = config.pull_every},
              [this] { wake(); }
          ),
          rotator({*ground.database, ground.audit, ground.keyring, ground.clock, ground.random}) {}
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers() = default;

    void wake() {
        publisher.wake();
        release_publisher.wake();
        notifier.wake();
    }
    void start() {
        publisher.start();
        release_publisher.start();
        notifier.start();
        router.start();
        rotator.start();
    }
    void stop() {
        rotator.stop();
        router.stop();
        release_publisher.stop();
        publisher.stop();
        notifier.stop();
    }

    core::HttpsEdgeLink publishing;
    core::HttpsEdgeLink releasing;
    core::HttpsEdgeLink pulling;
    core::HttpsEdgeLink carrying;
    core::HttpsEdgeLink carrying_large;
    core::notify::SmtpSender sender;
    core::Publisher publisher;
    core::ReleasePublisher release_publisher;
    core::notify::Notifier notifier;
    core::router::Router router;
    core::keys::Rotator rotator;
};

std::vector<http::Route> all_routes(const core::console::Tools& tools) {
    auto routes = http::asset_routes(std::span(http::sluis_assets, http::sluis_assets_count));
    auto more = core::console::console_routes(tools);
    routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return routes;
}

void read_again(Ground& ground, Workers& workers, const std::filesystem::path& file) {
    const auto config = core::read_config(file);
    const auto read = config.faults.empty() ? ground.keyring.reload(config.keys.recovery) : crypto::Result<void>(crypto::Errc::format);
    gateway::log_event(read.has_value() ? "core.keys-reloaded" : "core.keys-refused", {{"identities", ground.keyring.identities()}});
    workers.rotator.keys_changed();
    if (config.faults.empty()) {
        workers.publisher.change_issuers(config.issuers);
    }
}

void run_until_told(asio::io_context& context, http::Server& server, const std::function<void()>& on_reload) {
    asio::signal_set ends(context, SIGTERM, SIGINT);
    asio::signal_set reloads(context, SIGHUP);
    bool stopping = false;
    ends.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) {
            gateway::log_event("core.stopping");
            stopping = true;
            reloads.cancel();
            server.stop();
        }
    });
    std::function<void(const boost::system::error_code&, int)> reload = [&](const boost::system::error_code& error, int) {
        if (!error && !stopping) {  // a SIGHUP right behind the SIGTERM is out of reach of cancel()
            server.reload_certificate();
            gateway::log_event("core.certificates-reloaded");
            on_reload();
            reloads.async_wait(reload);
        }
    };
    reloads.async_wait(reload);
    server.start();
    std::printf("{\"ready\":true,\"console\":%u}\n", unsigned{server.port()});
    std::fflush(stdout);
    gateway::log_event("core.started", {{"console", int{server.port()}}});
    context.run();
}

int serve(const core::Config& config, const std::filesystem::path& file) {
    const auto folder = core::read_case_types(config.policies);
    if (say_faults(folder.faults)) {
        return exit_refused;
    }
    Ground ground(config, need(core::Keyring::open(config.keys), "keys"));
    const auto shelf = need(core::CaseTypeShelf::open(*ground.database, folder), "case types");
    auto store = need(storage::core::CaseStore::open(config.state / "cases"), "state");
    std::string console;  // its address: known once the listener has its port
    core::Desk desk(
        {*ground.database, ground.audit, ground.keyring, shelf, ground.clock, ground.random, config.edge_public, console, config.mail_host}
    );
    gateway::Pool pool(pool_threads);
    core::console::SignIns sign_ins;
    std::unique_ptr<Workers> workers;
    const std::string decoy = crypto::hash_password(ground.random.secret<32>().expose());
    const core::console::Tools tools{
        *ground.database,
        ground.audit,
        desk,
        shelf,
        store,
        ground.keyring,
        pool,
        sign_ins,
        ground.clock,
        ground.random,
        decoy,
        [&workers] { workers->wake(); }
    };

    asio::io_context context(1);
    const http::Routes routes(all_routes(tools));
    auto listen = config.console;
    const auto descriptors = gateway::raise_descriptor_limit(gateway::limits::descriptors);
    listen.limits.connections = std::min(listen.limits.connections, gateway::connections_that_fit(descriptors));
    http::Server server(context, pool, std::move(listen), routes);
    console = core::console_url(config.console, server.port());
    workers = std::make_unique<Workers>(ground, store, config, console);
    workers->start();

    run_until_told(context, server, [&] { read_again(ground, *workers, file); });
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        std::signal(number, SIG_IGN);  // it is ending already: a second word must not cut it short
    }
    sign_ins.pool.join();
    pool.join();
    workers->stop();
    gateway::log_event("core.stopped");
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    const auto command = parse_command({arguments, static_cast<std::size_t>(count)});
    if (!command) {
        std::fputs("usage: sluis-core --config FILE [--check | --add-staff | --keys …]\n", stderr);
        return exit_usage;
    }
    try {
        crypto::start_secret_memory();
        ::umask(S_IRWXG | S_IRWXO);
        std::signal(SIGPIPE, SIG_IGN);  // a peer that goes away is an error code, not an end
        const auto config = core::read_config(command->config);
        if (say_faults(config.faults)) {
            return exit_refused;
        }
        switch (command->act) {
        case Command::Act::check:
            return check(config);
        case Command::Act::add_staff:
            return add_staff(config);
        case Command::Act::keys:
            return core::keys::run(config, command->rest);
        case Command::Act::serve:
            break;
        }
        return serve(config, command->config);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sluis-core: %s\n", error.what());
        return exit_refused;
    }
}
