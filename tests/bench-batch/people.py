"""The invented people of the benchmark: what the mock knows of them, and lists and questions about them."""
import datetime
import json

JST = datetime.timezone(datetime.timedelta(hours=9))
CLINIC = "1310000011"		# as in the certificate of fixtures/make-pki
COLUMNS = "patient_id,appointment,name,kana,birthdate,insurer_number,symbol,number,branch,last_copay_percent\n"


class People:
    """n people; every fifth is 80 years old and pays 10 percent, the others are of working age and pay 30."""

    def __init__(self, n):
        self.day = datetime.datetime.now(JST).date() + datetime.timedelta(days=1)
        self.all = [self.person(i) for i in range(n)]

    def person(self, i):
        old = i % 5 == 4
        birth = datetime.date(self.day.year - (80 if old else 55), 1, 1) + datetime.timedelta(days=i * 37 % (300 if old else 9000))
        p = {"Birthdate": f"{birth:%Y%m%d}", "Name": "架空　太郎", "NameKana": "ｶｸｳ ﾀﾛｳ", "Sex1": "1",
             "InsuredCardClassification": "01", "Address": "東京都架空区見本一丁目2番3号", "PostNumber": "100-0000"}
        if old:
            august = datetime.date(self.day.year - (self.day.month < 8), 8, 1)
            p |= {"InsurerNumber": "39131016", "InsurerName": "架空都後期高齢者医療広域連合",
                  "InsuredIdentificationNumber": f"{i + 1:08d}", "QualificationDate": "20210401",
                  "InsuredCardValidDate": f"{august:%Y%m%d}", "InsuredCardExpirationDate": f"{august.year + 1}0731",
                  "InsuredPartialContributionRatio": "010"}
        else:
            p |= {"InsurerNumber": "06132013", "InsurerName": "架空健康保険組合", "InsuredCardSymbol": "12",
                  "InsuredIdentificationNumber": str(1000000 + i), "InsuredBranchNumber": "00",
                  "PersonalFamilyClassification": "1", "QualificationDate": "20150401"}
        return p

    def copay(self, row):
        return "10" if row % len(self.all) % 5 == 4 else "30"

    def write_people(self, path):
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"people": [{"id": f"p{i}", "results": [p]} for i, p in enumerate(self.all)]}, f, ensure_ascii=False)

    def write_list(self, path, rows):
        """A list of so many rows; the people come again and again."""
        lines = []
        for i, p in enumerate(self.all):
            born = datetime.datetime.strptime(p["Birthdate"], "%Y%m%d").date()
            lines.append(f"{self.day} {9 + i % 8:02d}:{i % 4 * 15:02d},{p['Name']},{p['NameKana']},{born},{p['InsurerNumber']},"
                         f"{p.get('InsuredCardSymbol', '')},{p['InsuredIdentificationNumber']},{p.get('InsuredBranchNumber', '')},"
                         f"{self.copay(i)}\n")
        with open(path, "w", encoding="utf-8") as f:
            f.write(COLUMNS)
            f.writelines(f"{i + 1},{lines[i % len(lines)]}" for i in range(rows))

    def question(self, i):
        p = self.all[i]
        keys = ("InsurerNumber", "InsuredCardSymbol", "InsuredIdentificationNumber", "InsuredBranchNumber", "Birthdate")
        return json.dumps({
            "MessageHeader": {"QualificationConfirmationDate": f"{self.day:%Y%m%d}", "MedicalInstitutionCode": CLINIC,
                              "ArbitraryFileIdentifier": f"{i:016x}"},
            "QualificationConfirmSearchInfo": {k: p[k] for k in keys if k in p} |
            {"LimitApplicationCertificateRelatedConsFlg": "0", "ArbitraryIdentifier": f"{i:016x}"},
        }, separators=(",", ":"))
