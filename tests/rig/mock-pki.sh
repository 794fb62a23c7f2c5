# To be sourced. mock_pki DIR: a throw-away PKI for tests of the mock, and a people file to go with
# it. Dates are relative to today; EC keys for TLS, one RSA key for all the cards.

pki_conf() {
	cat <<-CNF
	[ca]
	default_ca = here
	[here]
	database = index
	new_certs_dir = .
	serial = serial
	default_md = sha256
	policy = any
	unique_subject = no
	rand_serial = yes
	[any]
	serialNumber = optional
	countryName = optional
	organizationName = optional
	organizationalUnitName = optional
	commonName = optional
	[req]
	distinguished_name = dn
	[dn]
	[ca_ext]
	basicConstraints = critical,CA:TRUE
	keyUsage = critical,keyCertSign,cRLSign
	subjectKeyIdentifier = hash
	[card]
	keyUsage = critical,digitalSignature
	subjectKeyIdentifier = hash
	authorityKeyIdentifier = keyid:always
	[sign_card]
	keyUsage = critical,digitalSignature,nonRepudiation
	authorityKeyIdentifier = keyid:always
	[no_usage]
	authorityKeyIdentifier = keyid:always
	[client]
	keyUsage = critical,digitalSignature
	extendedKeyUsage = clientAuth
	[client_no_eku]
	keyUsage = critical,digitalSignature
	[client_no_ku]
	extendedKeyUsage = clientAuth
	[server]
	keyUsage = critical,digitalSignature
	extendedKeyUsage = serverAuth
	subjectAltName = DNS:localhost,IP:127.0.0.1
	CNF
}

pki_key() { # NAME rsa|ec
	if [ "$2" = rsa ]; then
		openssl genrsa -out "$1.key" 2048
	else
		openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
	fi
}

pki_root() { # NAME KEY SUBJECT
	openssl req -config conf -x509 -new -key "$2.key" -subj "$3" -days 3650 -extensions ca_ext \
	    -out "$1.pem"
}

pki_issue() { # NAME KEY SUBJECT EXTENSIONS CA [START [END]]
	openssl req -config conf -new -key "$2.key" -subj "$3" -out "$1.csr"
	openssl ca -config conf -batch -notext -cert "$5.pem" -keyfile "$5.key" -in "$1.csr" \
	    -out "$1.pem" -extensions "$4" -startdate "${6:-$(pki_day '-1 year -40 days')}" \
	    -enddate "${7:-$(pki_day '+2 years')}"
}

# The last second of a day in Japan.
pki_day() { TZ=JST-9 date -d "$1" +%Y%m%d145959Z; }

pki_tls() {
	pki_key service-ca ec
	pki_root service-ca service-ca "/CN=Test Service CA"
	pki_key rogue-ca ec
	pki_root rogue-ca rogue-ca "/CN=Test Service CA"
	pki_key tls ec
	pki_key tls2 ec
	pki_issue server tls /CN=localhost server service-ca
	pki_issue clinic tls /serialNumber=1310000011/CN=Clinic client service-ca
	pki_issue clinic2 tls2 /serialNumber=1310000029/CN=Clinic2 client service-ca
	pki_issue expired tls /serialNumber=1310000011/CN=Clinic client service-ca \
	    "$(pki_day '-1 year')" "$(pki_day '-1 day')"
	pki_issue not-yet tls /serialNumber=1310000011/CN=Clinic client service-ca "$(pki_day '+2 days')"
	pki_issue rogue tls /serialNumber=1310000011/CN=Clinic client rogue-ca
	pki_issue no-eku tls /serialNumber=1310000011/CN=Clinic client_no_eku service-ca
	pki_issue no-ku tls /serialNumber=1310000011/CN=Clinic client_no_ku service-ca
	pki_issue no-code tls /CN=Clinic client service-ca
	openssl req -config conf -x509 -new -key tls.key -subj /serialNumber=1310000011/CN=Clinic \
	    -days 30 -extensions client -out self.pem
}

pki_cards() {
	local dn="/C=JP/O=JPKI-TEST/OU=JPKI for user authentication/OU=Test"
	local n
	for n in card-ca card-ca-2 other-ca; do
		pki_key $n rsa
		pki_root $n $n "$dn"
	done
	pki_key card rsa
	pki_key card-other rsa
	for n in adult unregistered revoked stranger; do
		pki_issue $n card "/C=JP/CN=$n" card card-ca
	done
	pki_issue second card /C=JP/CN=second card card-ca-2
	pki_issue untrusted card /C=JP/CN=untrusted card other-ca
	pki_issue signer card /C=JP/CN=signer sign_card card-ca
	pki_issue no-usage card /C=JP/CN=nousage no_usage card-ca
	pki_issue future card /C=JP/CN=future card card-ca "$(pki_day '+2 days')"
	pki_issue ending card /C=JP/CN=ending card card-ca "" "$(pki_day '+45 days')"
	pki_issue grace card /C=JP/CN=grace card card-ca "" "$(pki_day "$(date +%Y-%m-01) -1 day")"
	pki_issue ended card /C=JP/CN=ended card card-ca "" "$(pki_day '-6 months')"
}

pki_person() { # ID CERTIFICATE NUMBER MORE
	local hash
	hash=$(openssl x509 -in "$2.pem" -outform DER | sha256sum | cut -d' ' -f1)
	cat <<-JSON
	{ "id": "$1", "certificate_sha256": ["$hash"], $4 "results": [{ "InsurerNumber": "06132013",
	  "InsuredCardSymbol": "12", "InsuredIdentificationNumber": "$3", "InsuredBranchNumber": "00", "Name": "見本　$1",
	  "Birthdate": "19800217", "QualificationDate": "20150401", "InsuredCardClassification": "01",
	  "LimitApplicationCertificateRelatedInfo": { "LimitApplicationCertificateClassificationFlag": "A03" } }] }
	JSON
}

pki_people() {
	echo '{ "people": ['
	pki_person adult adult 345 ''; echo ,
	pki_person second second 346 ''; echo ,
	pki_person unregistered unregistered 347 '"registered": false,'; echo ,
	pki_person revoked revoked 348 '"revoked": true,'; echo ,
	pki_person ending ending 349 ''; echo ,
	pki_person grace grace 350 ''; echo ,
	pki_person ended ended 351 ''; echo ,
	pki_person forced future 352 '"QualificationValidity": "2",'
	echo '] }'
}

# A key file that claims the certificate's public key but holds another private one.
pki_wrong_key() { # CERTIFICATE-KEY OTHER-KEY OUT
	python3 - "$@" <<-'PY'
	import subprocess, sys
	der = lambda k: subprocess.run(["openssl", "ec", "-in", k, "-outform", "DER"], check=True,
	    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
	right, other = der(sys.argv[1]), der(sys.argv[2])
	mixed = other[:-65] + right[-65:]
	subprocess.run(["openssl", "ec", "-inform", "DER", "-out", sys.argv[3]], input=mixed,
	    check=True, stderr=subprocess.DEVNULL)
	PY
}

mock_pki() {
	mkdir -p "$1"
	(
		set -e
		umask 077
		cd "$1"
		pki_conf >conf
		: >index
		pki_tls
		pki_cards
		pki_people >people.json
		pki_wrong_key tls.key tls2.key wrong.key
	) >"$1/log" 2>&1
}
