#include "connectors/crm/embedded/embedded_crm.hpp"
