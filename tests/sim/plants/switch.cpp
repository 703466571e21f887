// Chooses the one plant that is active in this process, from outside: nothing in the simulator
// reads this.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "planted/planted.hpp"

namespace liaison::planted {

namespace {

struct PlantRow {
    std::uint32_t number;
    std::string_view id;
    std::string_view kind;
    std::string_view file;
    std::string_view breaks;
};

constexpr PlantRow kPlantRows[] = {
#include "planted/table.inc"
};

/// LIAISON_PLANT names the plant; none without it. An unknown name ends the process: a plant that
/// does not exist would look like one that nobody catches.
class PlantChoice {
public:
    PlantChoice() {
        const char* wanted = std::getenv("LIAISON_PLANT");
        std::setvbuf(stdout, nullptr, _IOLBF,
                     0);  // whoever waits for the first catch does not wait longer
        if (wanted == nullptr || *wanted == '\0') return;
        if (std::string_view(wanted) == "list") list();
        for (const PlantRow& row : kPlantRows)
            if (row.id == wanted) number_ = row.number;
        if (number_ == 0) {
            std::fprintf(stderr, "no plant is called \"%s\"\n", wanted);
            std::_Exit(2);
        }
    }
    ~PlantChoice() {
        if (number_ != 0)
            std::fprintf(stderr, "plant reached=%llu\n", static_cast<unsigned long long>(reached_));
    }
    PlantChoice(const PlantChoice&) = delete;
    PlantChoice& operator=(const PlantChoice&) = delete;

    [[noreturn]] static void list() {
        for (const PlantRow& row : kPlantRows)
            std::printf("%s\t%s\t%s\t%s\n", row.id.data(), row.kind.data(), row.file.data(),
                        row.breaks.data());
        std::fflush(stdout);
        std::_Exit(0);
    }

    bool is(std::uint32_t number) noexcept {
        if (number_ != number) return false;
        ++reached_;
        return true;
    }

private:
    std::uint32_t number_ = 0;
    std::uint64_t reached_ = 0;
};

PlantChoice plant_choice;

}  // namespace

bool active(std::uint32_t number) noexcept {
    return plant_choice.is(number);
}

}  // namespace liaison::planted
