#include "tests/sim/world_faults.hpp"

#include "tests/sim/world.hpp"

namespace liaison::sim {

namespace {

std::size_t mailbox_number(const std::string& address) {
    return std::stoul(address.substr(1));
}

}  // namespace

WorldFaults::WorldFaults(World& world)
    : watch(world.dice),
      network(world.dice, watch),
      exchange(world.dice, watch, *world.sandbox, [&world] { return world.loop.now(); }),
      crm(world, watch),
      people(world, watch),
      mail(world, watch),
      process(world, watch) {
    network.on_answer_lost = [this](const SeenRequest& request) {
        if (request.operation == "UpdateItem")
            people.edit_now(mailbox_number(request.mailbox), request.item,
                            "the answer to an update is lost");
    };
    network.on_request = [this](const SeenRequest& request) { return process.at_request(request); };
    // I9: a call has a deadline of a minute (core/ports/http_client.hpp); 30 seconds for the one that noticed it late.
    network.on_wait = [&world](const SeenRequest& request, std::chrono::seconds waited) {
        if (waited == std::chrono::seconds(90))
            world.violated("progress", request.operation + " for " + request.mailbox + " waits for its answer for 90 seconds");
    };
    network.on_reply = [this](const SeenRequest& request) { process.at_reply(request); };
    exchange.on_gap = [this](const std::string& mailbox, const std::string& item) {
        people.edit_now(mailbox_number(mailbox), item, "between a read and a write");
    };
    exchange.on_paging = [this](const std::string& mailbox) {
        people.create_now(mailbox_number(mailbox));
    };
    // What was parked as corrupt stays parked until a person tries it again.
    exchange.on_recovered = [&world](const std::string& id) {
        for (std::size_t i = 0; i < world.options().workload.mailboxes; ++i)
            if (const auto* item = world.sandbox->store().find_item(mailbox_address(i), id)) {
                const std::string subject(item->properties.text("item:Subject"));
                world.postman->excuse(subject.substr(0, subject.find(' ')));
            }
    };
    crm.on_logged = [this, &world] {
        world.rules->look_at_interactions();
        process.after_logging();
    };
}

WorldFaults::~WorldFaults() = default;

void WorldFaults::step(std::size_t mailbox) {
    crm.step(mailbox);
    exchange.step(mailbox_address(mailbox));
    people.step(mailbox);
    mail.step(mailbox);
    process.step(mailbox);
}

void WorldFaults::heal() {
    exchange.heal();
    crm.heal();
    people.heal();
    process.heal();
}

void WorldFaults::before_restart() {
    crm.forget_connection();
    process.before_restart();
}

void WorldFaults::restarted() {
    watch.saw(Reaction::Restarted, "");
}

}  // namespace liaison::sim
