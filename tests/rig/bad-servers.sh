#!/bin/bash
# usage: bad-servers.sh DIR
#
# Makes DIR anew: certificates with which nobody may pass for the service at https://localhost, beside
# good ones, so that what is refused is refused for its own fault.  NAME.pem is what NAME shows, chain
# and all, NAME.key its key; root.pem is whom the client trusts.
set -Eeuo pipefail
. "$(dirname "$0")/mock-pki.sh"
umask 077
here=localhost

extensions() {
	local base="basicConstraints = critical,CA:FALSE" ku="keyUsage = critical,digitalSignature"
	local ca="basicConstraints = critical,CA:TRUE" sign="keyUsage = critical,keyCertSign,cRLSign"
	local server="extendedKeyUsage = serverAuth" name="subjectAltName = DNS:$here,IP:127.0.0.1"
	pki_conf
	section ca_ext "$ca" "$sign" "subjectKeyIdentifier = hash"
	section ca_path_0 "$ca,pathlen:0" "$sign"
	section ca_without_sign "$ca" "keyUsage = critical,digitalSignature"
	section ca_clients "$ca" "$sign" "extendedKeyUsage = clientAuth"
	section ca_elsewhere "$ca" "$sign" "nameConstraints = critical,permitted;DNS:example.invalid"
	section ca_not_here "$ca" "$sign" "nameConstraints = critical,excluded;DNS:$here"
	section good "$base" "$ku" "$server" "$name"
	section elsewhere "$base" "$ku" "$server" "subjectAltName = DNS:elsewhere.invalid"
	section no_san "$base" "$ku" "$server"
	section dns_only "$base" "$ku" "$server" "subjectAltName = DNS:$here"
	section ip_as_dns "$base" "$ku" "$server" "subjectAltName = DNS:127.0.0.1"
	section other_ip "$base" "$ku" "$server" "subjectAltName = IP:127.0.0.2"
	section wildcard_all "$base" "$ku" "$server" "subjectAltName = DNS:*"
	section wildcard_part "$base" "$ku" "$server" "subjectAltName = DNS:local*,DNS:*host,DNS:l*t"
	section wildcard_ip "$base" "$ku" "$server" "subjectAltName = DNS:*.0.0.1"
	section longer "$base" "$ku" "$server" "subjectAltName = DNS:$here.invalid,DNS:www.$here,DNS:xlocalhost"
	# DNS "localhost NUL .invalid"
	section nul_name "$base" "$ku" "$server" \
	    "subjectAltName = DER:30:14:82:12:6c:6f:63:61:6c:68:6f:73:74:00:2e:69:6e:76:61:6c:69:64"
	section email_name "$base" "$ku" "$server" "subjectAltName = email:a@$here,URI:https://$here/"
	section for_clients "$base" "$ku" "extendedKeyUsage = clientAuth" "$name"
	section for_code "$base" "$ku" "extendedKeyUsage = codeSigning,emailProtection" "$name"
	section for_nothing "$base" "keyUsage = critical,keyCertSign" "$server" "$name"
	section unknown_critical "$base" "$ku" "$server" "$name" "1.3.6.1.4.1.99999.1 = critical,DER:05:00"
}

section() {
	echo "[$1]"
	shift
	printf '%s\n' "$@"
}

# leaf NAME EXTENSIONS [CA [FROM UNTIL]]: shows its CA too, where that is no root
leaf() {
	[ -e "$1.key" ] || pki_key "$1" ec
	pki_issue "$1" "$1" "/CN=${CN-$here}" "$2" "${3:-root}" "${@:4}"
	case ${3:-root} in
	root | rogue) ;;
	*) cat "$3.pem" >>"$1.pem" ;;
	esac
}

# inter NAME EXTENSIONS [CA [FROM UNTIL]]
inter() {
	pki_key "$1" ec
	pki_issue "$1" "$1" "/CN=$1" "$2" "${3:-root}" "${@:4}"
}

names() {
	leaf good good
	leaf wrong-ca good rogue
	leaf other-host elsewhere
	CN=127.0.0.1 leaf ip-without-san no_san
	leaf ip-not-in-san dns_only
	leaf ip-as-dns ip_as_dns
	leaf other-ip other_ip
	leaf cn-only no_san
	leaf wildcard-all wildcard_all
	leaf wildcard-part wildcard_part
	leaf wildcard-ip wildcard_ip
	leaf longer-name longer
	leaf nul-in-name nul_name
	leaf name-of-another-kind email_name
}

usages() {
	leaf eku-client for_clients
	leaf eku-code for_code
	leaf ku-sign-only for_nothing
	leaf unknown-critical unknown_critical
	leaf expired good root "$(pki_day '-2 years')" "$(pki_day '-1 day')"
	leaf not-yet good root "$(pki_day '+2 days')"
	pki_key self-signed ec
	openssl req -config conf -x509 -new -key self-signed.key -subj "/CN=$here" -days 30 -extensions good \
	    -out self-signed.pem
	leaf own-key good
	pki_key stranger ec
	pki_wrong_key own-key.key stranger.key without-its-key.key
	cp own-key.pem without-its-key.pem
	pki_issue other-clinic good "/serialNumber=1310000029/CN=Clinic" client root
	cp good.key other-clinic.key
}

weak() {
	openssl genrsa -out rsa-1024.key 1024
	leaf rsa-1024 good
	openssl genrsa -out good-rsa.key 2048
	leaf good-rsa good
	sed -i 's/^default_md = .*/default_md = sha1/' conf
	leaf sha1 good
	# there is no ECDSA with MD5
	openssl genrsa -out rsa-ca.key 2048
	sed -i 's/^default_md = .*/default_md = sha256/' conf
	pki_issue rsa-ca rsa-ca /CN=rsa-ca ca_ext root
	sed -i 's/^default_md = .*/default_md = md5/' conf
	leaf md5 good rsa-ca
	sed -i 's/^default_md = .*/default_md = sha256/' conf
	openssl genrsa -out weak-ca.key 1024
	pki_issue weak-ca weak-ca /CN=weak-ca ca_ext root
	leaf by-rsa-1024 good weak-ca
}

chains() {
	local was
	was=("$(pki_day '-2 years')" "$(pki_day '-1 day')")
	inter inter ca_ext
	leaf good-chain good inter
	leaf chain-cut good inter
	openssl x509 -in chain-cut.pem -out chain-cut.pem.first
	mv chain-cut.pem.first chain-cut.pem
	inter inter-expired ca_ext root "${was[@]}"
	leaf chain-expired good inter-expired
	inter inter-rogue ca_ext rogue
	leaf chain-rogue good inter-rogue
	inter inter-no-ca good
	leaf chain-no-ca good inter-no-ca
	inter inter-no-sign ca_without_sign
	leaf chain-no-sign good inter-no-sign
	inter inter-path-0 ca_path_0
	inter inter-deep ca_ext inter-path-0
	leaf chain-too-long good inter-deep
	cat inter-path-0.pem >>chain-too-long.pem
	inter inter-clients ca_clients
	leaf chain-for-clients good inter-clients
	inter inter-elsewhere ca_elsewhere
	leaf chain-elsewhere good inter-elsewhere
	inter inter-not-here ca_not_here
	leaf chain-not-here good inter-not-here
	cp good-chain.pem by-another-key.pem
	leaf by-another-key good inter-rogue
	openssl x509 -in by-another-key.pem -out first
	cat first inter.pem >by-another-key.pem
}

# An openssl.cnf that allows everything.
lax() {
	cat <<-CNF
	openssl_conf = all
	[all]
	ssl_conf = ssl
	[ssl]
	system_default = lax
	[lax]
	MinProtocol = TLSv1
	CipherString = ALL:@SECLEVEL=0
	CNF
}

rm -rf "$1"
mkdir -p "$1"
cd "$1"
extensions >conf
lax >lax.cnf
: >index
trap 'tail -5 log >&2' ERR
exec >log
{
	pki_key root ec
	pki_root root root "/CN=Test Service CA"
	pki_key rogue ec
	pki_root rogue rogue "/CN=Test Service CA"
	names
	usages
	weak
	chains
} 2>&1
