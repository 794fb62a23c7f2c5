# make            programs, library, throw-away keys      make check      set up, then every test
# make demo       install what is missing, build, run     make install    DESTDIR=... PREFIX=/usr/local
# make bench      the measurements                        make fuzz       libFuzzer, FUZZ_SECONDS each
# make soak       the long campaigns                      make contract   what needs npm
# Variants: SAN=address,undefined  CC=clang  WERROR=1  VARIANT=name (a folder beside)  V=1

PREFIX     ?= /usr/local
FUZZ_SECONDS ?= 60
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
LIB        := $(BASE) $(ENGINE) $(call sources,card) $(call sources,net) $(call sources,lib)
SOFT       := $(filter-out src/softcard/main.c src/softcard/vpcd.c,$(call sources,softcard))
SANDBOX    := $(filter-out src/sandbox/filter.c,$(call sources,sandbox))
# What of a form draws it, and so loads the drawing libraries.
DRAW       := src/form/main.c src/form/page.c src/form/pen.c src/form/sift.c
SHIKAKU    := $(filter-out $(DRAW),$(call sources,form)) $(call sources,cli) $(call sources,desk) $(call sources,prove) $(call sources,batch) $(call sources,store) $(SANDBOX) $(call sources,audit) $(filter-out src/lib/%,$(LIB))
READER     := $(call sources,reader) $(SANDBOX) $(call sources,card) $(SOFT) $(BASE)
FORM       := $(DRAW) src/form/sheet.c src/form/sheet_json.c $(SANDBOX) $(BASE)
SOFTCARD   := $(call sources,softcard) $(BASE)
MOCK       := $(call sources,mock) $(BASE)

LIBS_BASE  := -ljson-c -lsodium -lutf8proc
# pkg-config knows where pango and its kin lie; their headers are not ours to warn about.
PANGO      := pangocairo pangoft2 cairo-pdf fontconfig
PANGO_FLAGS = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I $(PANGO)))
PROGRAMS   := $(OUT)/shikaku $(OUT)/shikaku-reader $(OUT)/shikaku-form $(OUT)/shikaku-mock $(OUT)/shikaku-softcard

all: programs $(OUT)/libshikaku.a fixtures
programs: $(PROGRAMS)

$(OUT)/shikaku: $(call objs,$(SHIKAKU))
$(OUT)/shikaku: LIBS := $(LIBS_BASE) -lcrypto -linih -lsqlite3
$(OUT)/shikaku-reader: $(call objs,$(READER))
$(OUT)/shikaku-reader: LIBS := -lpcsclite $(LIBS_BASE) -lcrypto
$(OUT)/shikaku-form: $(call objs,$(FORM))
$(OUT)/shikaku-form: LIBS = $(shell pkg-config --libs $(PANGO)) $(LIBS_BASE)
$(OUT)/obj/src/form/pen.o: CPPFLAGS += $(PANGO_FLAGS)
$(OUT)/shikaku-softcard: $(call objs,$(SOFTCARD))
$(OUT)/shikaku-softcard: LIBS := $(LIBS_BASE) -lcrypto
$(OUT)/shikaku-mock: $(call objs,$(MOCK))
$(OUT)/shikaku-mock: LIBS := -lmicrohttpd -lgnutls $(LIBS_BASE) -lcrypto -lpthread

# All of the library in one object, so that what is not public can be hidden.
$(OUT)/libshikaku.a: $(call objs,$(LIB))
	@echo "  AR   $@"
	$(Q)$(LD) -r -o $(OUT)/obj/libshikaku.o $^
	$(Q)objcopy --localize-hidden $(OUT)/obj/libshikaku.o
	$(Q)rm -f $@ && ar rcs $@ $(OUT)/obj/libshikaku.o

$(PROGRAMS):
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(CPPFLAGS) $(if $(findstring src/reader/,$<),-I/usr/include/PCSC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/obj/%.o: %.S
	@mkdir -p $(@D)
	@echo "  AS   $<"
	$(Q)$(CC) $(CPPFLAGS) -c -o $@ $<

$(OUT)/obj/src/rules/embed.o: src/rules/rules.json
$(OUT)/obj/src/batch/report_style.o: src/batch/report.css
$(OUT)/obj/src/desk/drill_data.o: src/desk/drill.json

# What system calls each program may make, worked out here and not where it is needed.
FILTERS    := $(OUT)/obj/reader.bpf $(OUT)/obj/service.bpf $(OUT)/obj/form.bpf
$(OUT)/obj/filter: src/sandbox/filter.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -std=c11 $(WARN) $(if $(WERROR),-Werror) -o $@ $< -lseccomp
$(FILTERS): $(OUT)/obj/%.bpf: $(OUT)/obj/filter
	$(Q)$< $* >$@
$(OUT)/obj/src/sandbox/filter_data.o: CPPFLAGS += -I$(OUT)/obj
$(OUT)/obj/src/sandbox/filter_data.o: $(FILTERS)

# The shells' completion, from the same tables as the help.
COMPLETION := $(OUT)/completion/bash $(OUT)/completion/zsh $(OUT)/completion/fish
$(COMPLETION): $(OUT)/completion/%: $(OUT)/shikaku
	@mkdir -p $(@D)
	$(Q)$< help completion $* --lang ja >$@

# Throw-away keys and people, the same for every variant.
fixtures:
	$(Q)fixtures/make-pki build/pki
	$(Q)fixtures/make-people

# Tests (tests/rig/pcscd.sh compiles its launcher itself).  Each unit test is linked with the code it tests, and there
# are many: gold takes half the time.
T          := $(OUT)/tests
UNIT       := $(patsubst tests/unit/%.c,$(T)/unit/%,$(wildcard tests/unit/test_*.c))
# A fuzz target is linked with the side whose folder it is in.  LIBFUZZER=1: not to be replayed, but run (tests/fuzz/run).
fuzzers     = $(patsubst tests/fuzz/$(1)%.c,$(T)/fuzz/%,$(wildcard tests/fuzz/$(1)fuzz_*.c))
FUZZ_LIB   := $(call fuzzers)
FUZZ_CARD  := $(call fuzzers,card/)
FUZZ_SOFT  := $(call fuzzers,soft/)
FUZZ_DESK  := $(call fuzzers,desk/)
FUZZ_CLI   := $(call fuzzers,cli/)
FUZZ_MOCK  := $(call fuzzers,mock/)
FUZZ       := $(FUZZ_LIB) $(FUZZ_CARD) $(FUZZ_SOFT) $(FUZZ_DESK) $(FUZZ_CLI) $(FUZZ_MOCK)
FUZZ_MAIN  := $(if $(LIBFUZZER),,$(OUT)/obj/tests/fuzz/replay.o)
PROBES     := $(T)/net-probe $(T)/pool-probe $(T)/reader-probe $(T)/warm-probe $(T)/rules-probe $(T)/report-probe $(T)/store-probe $(T)/audit-probe $(T)/card-campaign $(T)/embed
CARDSIDE   := $(call objs,$(call sources,card) $(BASE))
COVERED    := $(call objs,$(filter-out src/desk/% src/cli/%,$(SHIKAKU)))
MOCKTEST   := $(call objs,$(filter-out src/mock/main.c src/mock/http.c src/mock/tls.c,$(MOCK)))
READERTEST := $(call objs,$(filter-out src/reader/main.c src/reader/serve.c,$(READER)))
SOFTTEST   := $(call objs,$(SOFT) $(BASE))
# Without what the fake.c of each plays: pcscd; the software card's files and key.
CARDFUZZ   := $(call objs,tests/fuzz/card/fake.c $(filter-out src/reader/main.c src/reader/pcsc.c,$(READER)))
SOFTFUZZ   := $(call objs,tests/fuzz/soft/fake.c $(filter-out src/softcard/crypto.c,$(SOFT) $(BASE)) src/softcard/vpcd.c)
DESKFUZZ   := $(call objs,src/desk/reader.c) $(CARDSIDE)
CLIFUZZ    := $(call objs,src/cli/config.c src/cli/opt.c $(BASE))
$(T)/unit/test_softcard $(T)/unit/test_softcard_fixture: $(SOFTTEST)
$(T)/unit/test_mock $(T)/unit/test_mock_bulk: $(MOCKTEST)
$(T)/unit/test_session $(T)/unit/test_message: $(READERTEST)
$(T)/unit/test_lib $(T)/unit/test_lib_card $(T)/embed: $(OUT)/libshikaku.a
$(T)/embed: $(OUT)/obj/docs/examples/embed.o
$(filter-out %/test_softcard %/test_softcard_fixture %/test_mock %/test_mock_bulk %/test_session %/test_message %/test_lib %/test_lib_card,$(UNIT)): $(COVERED)
$(FUZZ): $(FUZZ_MAIN)
$(FUZZ_LIB): $(T)/fuzz/%: $(OUT)/obj/tests/fuzz/%.o $(COVERED)
$(FUZZ_CARD): $(T)/fuzz/%: $(OUT)/obj/tests/fuzz/card/%.o $(CARDFUZZ)
$(FUZZ_SOFT): $(T)/fuzz/%: $(OUT)/obj/tests/fuzz/soft/%.o $(SOFTFUZZ)
$(FUZZ_DESK): $(T)/fuzz/%: $(OUT)/obj/tests/fuzz/desk/%.o $(DESKFUZZ)
$(FUZZ_CLI): $(T)/fuzz/%: $(OUT)/obj/tests/fuzz/cli/%.o $(CLIFUZZ)
$(FUZZ_MOCK): $(T)/fuzz/%: $(OUT)/obj/tests/fuzz/mock/%.o $(MOCKTEST)
$(T)/net-probe $(T)/pool-probe $(T)/report-probe $(T)/store-probe $(T)/audit-probe: $(COVERED)
$(T)/warm-probe: $(COVERED) $(call objs,src/desk/enquiry.c)
# With a pcscd of its own in the process.
$(OUT)/obj/tests/card/%.o: CPPFLAGS += -I/usr/include/PCSC
$(T)/card-campaign: $(call objs,$(wildcard tests/card/*.c)) $(READERTEST)
$(T)/reader-probe: $(CARDSIDE) $(call objs,src/desk/reader.c src/desk/helper.c src/desk/launcher.c)
$(T)/rules-probe: $(OUT)/obj/tests/bench-rules/probe.o $(COVERED)
$(T)/net-probe $(T)/pool-probe $(T)/report-probe $(T)/store-probe $(T)/audit-probe $(T)/reader-probe $(T)/warm-probe: $(T)/%: $(OUT)/obj/tests/rig/%.o
$(UNIT): $(T)/unit/%: $(OUT)/obj/tests/unit/%.o
$(UNIT) $(FUZZ) $(PROBES):
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(if $(LIBFUZZER),-fsanitize=fuzzer) $(LDFLAGS) -fuse-ld=gold -o $@ $(filter-out %.a,$^) $(filter %.a,$^) -linih -lcmocka -lpcsclite -lmicrohttpd -lgnutls $(LIBS_BASE) -lcrypto -lsqlite3 -lpthread

tests: all $(UNIT) $(FUZZ) $(PROBES)
fuzzers: $(FUZZ)

check:
	$(Q)tests/setup.sh check
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) tests WERROR=1
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) programs WERROR=1 CC=clang VARIANT=clang CFLAGS=-O0
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) tests WERROR=1 SAN=address,undefined CFLAGS="-O1 -g1"
	$(Q)tests/check build build/address-undefined

demo:
	$(Q)tests/setup.sh demo
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all
	$(Q)tests/demo

bench: all $(OUT)/tests/warm-probe $(OUT)/tests/rules-probe $(OUT)/tests/store-probe
	$(Q)tests/setup.sh bench
	$(Q)tests/bench
	$(Q)tests/bench-rules/run
	$(Q)tests/bench-batch/run
	$(Q)tests/bench-store $(OUT)

# What needs npm: the service's contract against client and mock, and the page of the report under axe-core and html-validate.
contract: tests
	$(Q)tests/setup.sh contract
	$(Q)tests/contract/run $(OUT)
	$(Q)tests/report/check

# The long campaigns; SOAK="oracle=100000 mutate=10" makes them shorter.
soak: tests
	$(Q)tests/setup.sh soak
	$(Q)tests/soak $(OUT) $(SOAK)

# The picture of docs/rules.md; needs Debian's graphviz and a Japanese font.
docs/ladder.svg: docs/ladder.dot
	dot -Tsvg -o $@ $<

fuzz:
	$(Q)tests/fuzz/run $(FUZZ_SECONDS)

install: programs $(OUT)/libshikaku.a $(COMPLETION)
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(OUT)/shikaku $(OUT)/shikaku-mock $(OUT)/shikaku-softcard
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/libexec/shikaku $(OUT)/shikaku-reader $(OUT)/shikaku-form
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib $(OUT)/libshikaku.a
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/include/shikaku include/shikaku/*.h
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 docs/man/*.1
	install -D -m 644 $(OUT)/completion/bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/shikaku
	install -D -m 644 $(OUT)/completion/zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_shikaku
	install -D -m 644 $(OUT)/completion/fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/shikaku.fish
	install -d $(DESTDIR)$(PREFIX)/share/shikaku/systemd
	for unit in $(notdir $(wildcard docs/systemd/shikaku-batch* docs/systemd/*.conf)); do \
		sed 's,/usr/local,$(PREFIX),' docs/systemd/$$unit >$(DESTDIR)$(PREFIX)/share/shikaku/systemd/$$unit; done
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/libexec/shikaku docs/systemd/shikaku-morning

clean:
	rm -rf build

.PHONY: all programs fixtures tests check demo bench contract soak fuzz fuzzers install clean
.DELETE_ON_ERROR:
.SECONDARY:
-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)
