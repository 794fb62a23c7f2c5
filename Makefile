# make            programs                                make check      set up, then every test
# Variants: SAN=address,undefined  CC=clang  WERROR=1  VARIANT=name (a folder beside)  V=1

ifeq ($(origin CC),default)
CC         := gcc
endif
CFLAGS     ?= -O2 -g
comma      := ,
OUT        := build$(if $(SAN),/$(subst $(comma),-,$(SAN)))$(if $(VARIANT),/$(VARIANT))
Q          := $(if $(V),,@)

WARN       := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual \
              -Wwrite-strings -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wformat=2 -Wundef
CPPFLAGS   += -D_GNU_SOURCE -Iinclude -Isrc
ALL_CFLAGS := -std=c11 $(WARN) $(if $(WERROR),-Werror) -fvisibility=hidden -fstack-protector-strong \
              $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2) \
              $(CFLAGS)
LDFLAGS    += -Wl,-z,relro,-z,now -Wl,--as-needed

sources     = $(wildcard src/$(1)/*.c) $(wildcard src/$(1)/*.S)
objs        = $(patsubst %.S,$(OUT)/obj/%.o,$(patsubst %.c,$(OUT)/obj/%.o,$(1)))

# What each program is made of; docs/layers.txt says who may include whom.
BASE       := $(call sources,base) $(call sources,json)
ENGINE     := $(call sources,engine) $(call sources,rules) $(call sources,decide)
LIB        := $(BASE) $(ENGINE)
SHIKAKU    := $(call sources,cli) $(LIB)

LIBS_BASE  := -ljson-c -lsodium -lutf8proc
PROGRAMS   := $(OUT)/shikaku

all: programs
programs: $(PROGRAMS)

$(OUT)/shikaku: $(call objs,$(SHIKAKU))
$(OUT)/shikaku: LIBS := $(LIBS_BASE)

$(PROGRAMS):
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/obj/%.o: %.S
	@mkdir -p $(@D)
	@echo "  AS   $<"
	$(Q)$(CC) $(CPPFLAGS) -c -o $@ $<

$(OUT)/obj/src/rules/embed.o: src/rules/rules.json

# Tests.  Each unit test is linked with the code it tests.
T          := $(OUT)/test
UNIT       := $(patsubst tests/unit/%.c,$(T)/unit/%,$(wildcard tests/unit/test_*.c))
COVERED    := $(call objs,$(LIB))
$(UNIT): $(T)/unit/%: $(OUT)/obj/tests/unit/%.o $(COVERED)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS_BASE)

tests: all $(UNIT)

check:
	$(Q)tests/setup.sh check
	$(Q)$(MAKE) --no-print-directory tests WERROR=1
	$(Q)$(MAKE) --no-print-directory programs WERROR=1 CC=clang VARIANT=clang
	$(Q)$(MAKE) --no-print-directory tests WERROR=1 SAN=address,undefined CFLAGS="-O1 -g"
	$(Q)tests/run build unit decide schema && tests/run build/address-undefined unit decide schema

clean:
	rm -rf build

.PHONY: all programs tests check clean
.DELETE_ON_ERROR:
.SECONDARY:
-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)
