#ifndef DESK_MSG_H
#define DESK_MSG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Every sentence the desk is shown that is not a rule's, an error's or an
 * option's.  A missing translation does not compile.
 */
#define MSG_LIST(M)								\
	M(PLACE_CARD, "マイナンバーカードを読み取り機に置いてください(カードがなければ n)", "place the My Number card on the reader and leave it there (n: no card)") \
	M(READING_CARD, "カードを読んでいます(そのまま動かさないでください)", "reading the card (please leave it there)") \
	M(SEVERAL_CARDS, "読んだのは {} のカード(ほかのリーダーにもカードがある)", "The card in {} was read (there is one in another reader, too)") \
	M(CONNECTING, "資格確認サービスにつないでいます", "connecting to the eligibility service") \
	M(ENQUIRING, "資格確認サービスに照会しています", "asking the eligibility service")	\
	M(PIN_PROMPT, "暗証番号(数字4けた)を入力してください。{}。Enterだけで中止: ", "Please enter your four-digit PIN ({}; Enter alone cancels): ") \
	M(PIN_WRONG, "暗証番号が違います。{}です。", "Wrong PIN: {}.")		\
	M(PIN_FORMAT, "暗証番号は数字4けたです。カードには送っていません。", "The PIN is four digits; nothing was sent to the card.") \
	M(PIN_WIDE, "全角の数字を半角として受け付けました。", "Full-width digits were taken as digits.") \
	M(PIN_READER_ENDED, "カード読み取りプログラムが止まりました。入力した数字は使いません。Enter を押してください > ", "The reader program has ended; what was typed is not used. Press Enter > ") \
	M(PIN_NOT_GIVEN, "暗証番号の入力を中止しました。回数は減っていません。", "No PIN was entered; no try was spent.") \
	M(TRIES, "残り{}回", "{} tries left")						\
	M(TRIES_ONE, "残り{}回", "{} try left")						\
	M(TRIES_UNKNOWN, "残り回数は不明", "tries left unknown")			\
	M(SEE_TRIES, "残り回数を shikaku card pin-status で確かめる", "see how many tries are left: shikaku card pin-status") \
	M(TRY_PERHAPS_SPENT, "(暗証番号の残り回数が1回減ったかもしれません)", " (one PIN try may have been used)") \
	M(TEXT_PIN_ABOUT, "氏名を照合します。先ほどとは別の暗証番号で、残り回数も別です。", "Your name is compared now. This takes another PIN of the card, counted apart.") \
	M(TEXT_PIN_PROMPT, "暗証番号「券面事項入力補助用」(数字4けた)。{}。Enterだけで省略: ", "PIN 券面事項入力補助用, four digits ({}; Enter alone skips): ") \
	M(TEXT_PIN_SKIP, "氏名の照合を省く", "go on without it")			\
	M(PIN_AGAIN, "もう一度入力する", "try again")					\
	M(PIN_BY_SIGHT, "目視で確認する", "visual confirmation")				\
	M(PIN_GIVE_UP, "やめる", "give up")						\
	M(PIN_WHAT_NOW, "どうしますか", "What now?")					\
	M(PIN_LAST, "残り1回です。間違えるとロックされるため、目視での確認を勧めます。", "One try is left; a mistake locks the PIN. Visual confirmation is advised.") \
	M(PIN_NOT_TOLD, "残り回数がわかりません。最後の1回かもしれないため、目視での確認を勧めます。", "How many tries are left is unknown; it may be the last. Visual confirmation is advised.") \
	M(PIN_UNUSABLE, "暗証番号が使えません(ロック中か、暗証番号のない顔認証マイナンバーカードです)。", "The PIN cannot be used: it is blocked, or this is a 顔認証 card, which has none.") \
	M(PIN_BLOCKED, "暗証番号がロックされています。", "The PIN is blocked.")		\
	M(VISUAL_ASK, "券面の顔写真と本人を見比べて、本人ですか", "Compared with the photo on the card, is it this person?") \
	M(VISUAL_CANNOT, "確かめられない", "it can not be told")				\
	M(CONSENT_ASK, "(患者に) 高額療養費の限度額の情報を、この医療機関に伝えてよいですか", "(to the patient) May this clinic be told your 限度額 category?") \
	M(KEY_UNKNOWN, "わからない", "not known")					\
	M(KEY_NOT_PRINTED, "書いていない", "not there")					\
	M(KEY_LATER, "あとで", "later")							\
	M(KEY_BACK, "戻る", "back")							\
	M(KEY_QUIT, "やめる", "stop")							\
	M(BIRTHDATE, "生年月日 例 S55.2.17", "birth date, e.g. 1980-02-17")		\
	M(DATE_WRONG, "日付として読めません。例 R8.11.22、S55.2.17、2026-11-22", "That is no date. As 2026-11-22, or R8.11.22.")				\
	M(DATE_LATE, "受診日よりあとの日付です。", "That is after the visit.")		\
	M(AGE, " {}歳", " aged {}")							\
	M(VALID_TO, "有効期限", "valid to")						\
	M(PAPER_ENDED, "有効期限が過ぎています。", "It has ended.")				\
	M(RATIO_ASK, "書かれている負担割合", "The ratio printed there")			\
	M(RATIO_RECORD, "記録の負担割合", "The ratio on file")				\
	M(RATIO_DECLARED, "申立書の負担割合", "The ratio declared")			\
	M(CONFIRMED_ON, "前回確認した日", "confirmed on")					\
	M(THE_RECORD, "前回の記録", "the record")						\
	M(TYPE_NUMBERS, "レセプト用の番号 ({})", "Numbers for the claim ({})")		\
	M(TYPE_INSURER, "保険者番号", "保険者番号")					\
	M(TYPE_SYMBOL, "記号", "記号")							\
	M(TYPE_NUMBER, "番号", "番号")							\
	M(TYPE_BRANCH, "枝番", "枝番")							\
	M(FAULT_FORM, "保険者番号は数字8けたか6けたです。", "A 保険者番号 has 8 or 6 digits.") \
	M(FAULT_CHECK_DIGIT, "検証番号(最後の1けた)が合いません。打ち間違いではありませんか", "The check digit (the last one) is wrong. Which is it?") \
	M(FAULT_PREFECTURE, "その都道府県番号はありません。打ち間違いではありませんか", "There is no such prefecture. Which is it?") \
	M(FAULT_LAW, "知られていない法別番号です。打ち間違いではありませんか", "The 法別番号 is not known. Which is it?") \
	M(FAULT_LENGTH, "20文字までです。", "At most 20 characters.")			\
	M(FAULT_BRANCH, "枝番は数字2けたです。", "A 枝番 has two digits.")			\
	M(SAY_RETYPE, "打ち直す", "type it again")						\
	M(SAY_AS_TYPED, "このまま使う", "use it as typed")					\
	M(SAY_SPECIAL, "はい(特別療養の印あり)", "yes, marked 特別療養")			\
	M(ENQUIRE_AGAIN, "カードを読んで資格確認サービスに照会しますか", "Read the card and ask the service?") \
	M(SAY_ENQUIRE, "照会する", "ask")							\
	M(SAY_NO_ENQUIRY, "照会できない", "it can not be asked")				\
	M(REGISTER_ASK, "(患者に) このカードは、まだ保険証として使えません。いま登録しますか", "(to the patient) This card is not registered as 保険証 yet. Register it now?") \
	M(REGISTERING, "カードを保険証として登録しています(そのまま動かさないでください)", "registering the card as 保険証 (please leave it there)") \
	M(SAY_REGISTER, "登録する", "register")						\
	M(SAY_NOT_REGISTER, "登録しない", "do not register")				\
	M(REGISTER_FIRST, "顔認証付きリーダーで利用登録をしてから、もう一度 check を。", "Register on the clinic's reader, then check again.") \
	M(IDENTIFY_FIRST, "本人確認をしてから、もう一度 check を(目視は --auth visual)。", "Confirm the person, then check again (visual: --auth visual).") \
	M(REREAD_ASK, "カードが離れました。置き直して、もう一度読みますか", "The card was lifted. Lay it down again and read it once more?") \
	M(SAY_REREAD, "置いた、もう一度読む", "it lies there: read it")			\
	M(SAY_NO_REREAD, "読まずに進む", "go on without it")				\
	M(PROOFS, "カードのほかに、資格のわかるものはありますか(いくつかあれば先のもの)", "Besides the card, is there any of these? (the first there is)") \
	M(PROOF_PORTAL, "マイナポータルの資格情報画面", "マイナポータル screen")		\
	M(PROOF_PDF, "保存したPDF", "saved PDF")						\
	M(PROOF_NOTICE, "資格情報のお知らせ", "資格情報のお知らせ")			\
	M(PROOF_NONE, "どれもない", "none of them")					\
	M(SAY_CARD, "カード", "card")							\
	M(SAY_PHONE, "スマホ", "phone")							\
	M(SAY_FORGOTTEN, "忘れた", "forgotten")						\
	M(SAY_LOST, "なくした", "lost")							\
	M(SAY_NONE_ISSUED, "作っていない", "none issued")				\
	M(SAY_OK, "読めた", "read")							\
	M(SAY_UNREADABLE, "カードが読めない", "card unreadable")				\
	M(SAY_READER_FAULT, "読み取り機の故障", "reader fault")				\
	M(SAY_NOT_MY_NUMBER, "別のカード", "another card")				\
	M(SAY_FACE, "顔認証をする", "face")						\
	M(SAY_VISUAL, "目視で確認する", "visual")						\
	M(SAY_FAILED, "どちらもできない", "neither")					\
	M(SAY_YES, "はい", "yes")							\
	M(SAY_NO, "いいえ", "no")							\
	M(SAY_UNCHANGED, "変わりない", "unchanged")					\
	M(SAY_CHANGED, "変わった", "changed")						\
	M(SAY_DECLINED, "登録を望まない", "declined")					\
	M(SAY_FIRST, "初診", "first")							\
	M(SAY_RETURN, "再診", "return")							\
	M(SAY_10, "1割", "10%")								\
	M(SAY_20, "2割", "20%")								\
	M(SAY_30, "3割", "30%")								\
	M(SAY_UNKNOWN, "電話してもわからない", "nobody can tell")				\
	M(INSURED, "保険扱い", "insured")						\
	M(SELF_PAY, "いったん全額", "full cost for now")					\
	M(NEED, "確認が必要", "more is needed")						\
	M(REFER, "人の判断が必要", "a person must look")					\
	M(PROVISIONAL, "仮", "provisional")						\
	M(RULER, "---", "---")								\
	M(PERSON, "患者", "Patient")							\
	M(PERSON_UNKNOWN, "氏名は照会で得られていない(書類で確認)", "no name from the service (see the papers)") \
	M(WHY, "理由", "Why")								\
	M(PAPER_TOLD, "患者が伝えた資格", "what the patient told")			\
	M(SERVICE_SAYS, "サービスから「", "The service: \"")					\
	M(RETURNED, "応答", "Answer")							\
	M(INFERRED, "推定", "Inferred")							\
	M(ELSE, "他に", "Or")								\
	M(CLAIM, "請求", "Claim")							\
	M(NEXT, "次に", "Next")								\
	M(WARNING, "注意", "Note")							\
	M(QUESTION, "質問", "Ask")							\
	M(PAYS, "支払", "Pays")								\
	M(SOURCE, "根拠", "Source")							\
	M(BORN, "{}生", "born {}")							\
	M(POINTS, "{}円(診療報酬点数から計算)", "{} yen (from the points)")			\
	M(CLAIM_FROM_PAPER, "書類のとおり(保険者番号・記号・番号)", "as printed on the document")	\
	M(NO_CLAIM, "保険請求しない(全額を窓口で)", "no insurance claim (full cost at the desk)") \
	M(SPECIAL_CLAIM, "特別療養費の明細書", "claim form 特別療養費")			\
	M(INSURER_NUMBER, "保険者番号", "insurer")					\
	M(SYMBOL, "記号", "symbol")							\
	M(NUMBER, "番号", "number")							\
	M(BRANCH, "枝番", "branch")							\
	M(REMARKS, "摘要欄", "remarks")							\
	M(TELL, "案内", "Tell")							\
	M(TELL_PAY, "今日払うお金は、かかったお金の{}です", "Today you pay {} of the cost") \
	M(TELL_ALL, "今日は、かかったお金を全部払ってください", "Today please pay the full cost") \
	M(TELL_YEN, "({}円)", " ({} yen)")						\
	M(TELL_STOP, "。", ".")							\
	M(TELL_REFUND, "領収書と明細書を出せば、あとで保険者からお金が返ります({}まで)。", "With the receipt and the statement your insurer pays you back (until {}).") \
	M(TELL_SPECIAL, "領収書を市区町村の窓口に出すと、お金が返ることがあります({}まで)。", "With the receipt your municipality may pay you back (until {}).") \
	M(TELL_NUMBER, "保険の番号がわかったら、すぐ教えてください(写真でもいいです)。", "Tell us your insurance number as soon as you know it (a photo will do).") \
	M(TELL_BRING, "次に来るとき、マイナンバーカードか資格確認書を見せてください。", "Next time please show your My Number card or your 資格確認書.") \
	M(TELL_GRACE, "カードの電子証明書が切れています。{}までに市区町村の窓口で新しくしてください。", "Your card's certificate has ended: please renew it at your municipal office by {}.") \
	M(TELL_SOON, "カードの電子証明書は{}に切れます。市区町村の窓口で新しくしてください。", "Your card's certificate ends on {}: please renew it at your municipal office.") \
	M(TELL_WAIT, "保険を確かめています。もう少しお待ちください。", "We are still checking your insurance. Please wait a little.") \
	M(HANDOUT_HEAD, "受付からのお知らせ", "From the reception desk")		\
	M(HANDOUT_TO, "{} 様", "To {}")							\
	M(HANDOUT_MONTH, "{}までに、マイナンバーカードか資格確認書を受付に見せてください。ここで計算し直せることがあります。", "Show your card or your 資格確認書 here by {}: we may settle it at the desk.") \
	M(HANDOUT_LATER, "あとで保険を確かめて、払うお金が変わることがあります。", "When your insurance has been checked, what you pay may change.") \
	M(REFUND_HEAD, "返金", "Refund")						\
	M(REFUND, "領収書と診療報酬明細書で保険者に療養費を請求、7割か8割等が戻る(REF-1)。2年以内、{}まで(REF-2)。特別療養費の人は市区町村へ(REF-4)", "receipt and 診療報酬明細書: 70% or 80% back from the insurer (REF-1) until {} (REF-2); 特別療養費: the municipality (REF-4)") \
	M(REFUND_MONTH, "{}までに資格の確認ができれば、窓口で計算し直してよい(REF-3)", "with proof by {} it may be settled at the desk (REF-3)") \
	M(REFUND_SPECIAL, "領収書と明細書で市区町村に特別療養費を請求(REF-1, REF-4)。2年以内、{}まで(REF-2)。滞納分に充てられることがある。窓口では計算し直さない(REF-3)", "with receipt and statement the municipality pays 特別療養費 (REF-1, REF-4), within two years, until {} (REF-2); it may be set against arrears; nothing is settled at the desk (REF-3)") \
	M(LIMIT, "限度", "Limit")							\
	M(LIMIT_UNTIL, "({}まで)", " (until {})")					\
	M(LIMIT_APPLIES, "。窓口の支払いはこの上限まで", ": caps what is paid at the desk")	\
	M(LIMIT_ENDED, "。期間外のため使わない", ": not in force that day")			\
	M(LIMIT_NO_CONSENT, "区分は照会していない(提供の同意なし)。認定証を見たときだけ上限を適用", "not asked for (no consent): cap the payment only on a 認定証") \
	M(LIMIT_NOT_RETURNED, "サービスは区分を返さなかった(保険料の滞納など)。上限は適用しない", "no category was returned (arrears, for instance): no cap") \
	M(LIMIT_NOT_THIS_WAY, "この経路では不明(認定証か限度区分のある資格確認書のときだけ上限)", "not known this way: cap only on a 認定証 or 資格確認書 that shows it") \
	M(OUTSIDE, "公費", "Outside")							\
	M(OUTSIDE_PLAIN, "公費・医療費助成は計算に入っていない。受給者証があれば別に", "公費 and local schemes are not in this: they need the 受給者証") \
	M(OUTSIDE_TICKET, "公費の情報(医療券など)が返っている。この判定の外なので別に扱う", "the answer has 公費 (医療券): outside of this verdict") \
	M(OUTSIDE_AID, "生活保護の医療扶助はこの判定の外。医療券か医療扶助の資格確認で", "医療扶助 is outside of this: by 医療券 or its own confirmation") \
	M(DIFFERS, "違い", "Differs")							\
	M(DIFFERS_BIRTHDATE, "生年月日: 照会 {}", "birth date: service {}")			\
	M(DIFFERS_HERE, "、こちら {}", ", here {}")					\
	M(DIFFERS_ADDRESS, "住所: 照会は「{}」。参考(資格には関係しない)", "address at the service: {} (no matter for eligibility)") \
	M(CHANGED, "変更", "Changed")							\
	M(CHANGED_SINCE, "{}の確認から: ", "since {}: ")				\
	M(SETTLE, "精算", "Settle")							\
	M(SETTLE_VISIT, "{}の受診: ", "visit of {}: ")					\
	M(DIFFERS_CARD, ": カード ", ": card ")				\
	M(DIFFERS_SERVICE, "、照会 ", ", service ")			\
	M(DIFFERS_NO_MATTER, "。参考(資格には関係しない)", " (no matter for eligibility)") \
	M(PART_NAME, "氏名", "name")						\
	M(PART_BIRTHDATE, "生年月日", "birth date")				\
	M(PART_SEX, "性別", "sex")						\
	M(PART_ADDRESS, "住所", "address")					\
	M(SEX_MALE, "男", "male")						\
	M(SEX_FEMALE, "女", "female")						\
	M(PERSON_OTHER, "別の人の情報のおそれ(紐付け誤り)。画面を患者に見せない。資格確認書か保険者への電話で確かめ、誤りを保険者に知らせる", "likely another person's record (紐付け誤り): do not show it to the patient; go by a 資格確認書 or telephone the insurer, and tell the insurer of the error") \
	M(PERSON_SAME, "カードの4情報と照会の結果は同じ人", "the card's 4情報 and the answer are the same person") \
	M(PERSON_NOT_TOLD, "カードの4情報と比べるものがない", "nothing to compare the card's 4情報 with") \
	M(PERSON_NOT_READ, "カードの4情報(券面事項入力補助用)は読んでいない: {}", "the card's 4情報 (券面事項入力補助) were not read: {}") \
	M(PERSON_CHECK, "照合", "Compared")					\
	M(TELL_TECHNICIAN, "技術担当に伝える: {}", "tell a technician: {}")			\
	M(OUTAGE, "障害", "Outage")							\
	M(OUTAGE_DESK, "サポートデスク 0800-080-4583(月〜金 8〜18時、土 8〜16時、祝日休み)", "support desk 0800-080-4583 (Mon-Fri 8-18, Sat 8-16, not on holidays)") \
	M(OUTAGE_OTHER_CARD, "別のカードで試す: 読めればこのカード、読めなければ読み取り機の故障", "try another card: if it reads, this chip is at fault, else the reader") \
	M(OUTAGE_FACE, "券面の4項目(氏名・生年月日・性別・住所)を書き写し、復旧後に照会", "copy name, birth date, sex and address from the card's face") \
	M(OVERRIDE, "医院の判断(仮)  規則では", "by the clinic (provisional); rules: ")				\
	M(OVERRIDE_HEAD, "判断", "Decided")						\
	M(OVERRIDE_BY, "(担当 {})", " (by {})")							\
	M(RECORD_HEAD, "記録", "Record")							\
	M(RECORD_YES, "この判断を医院の記録に入れた", "this decision is in the clinic's records")	\
	M(RECORD_FAILED, "記録できません。診療録などに控える", "it can NOT be recorded: note it yourself")	\
	M(LOG_FAILED, "監査ログに記録できません。技術担当に伝える", "it can NOT be written into the audit log: tell a technician") \
	M(RECORD_NO_STORE, "記録していない(shikaku store init で始まる)。診療録などに控える", "not recorded (shikaku store init begins it): note it yourself") \
	M(RECORD_NO_PATIENT, "記録していない(--patient 患者番号 で記録)。診療録などに控える", "not recorded (--patient ID would): note it yourself") \
	M(OVERRIDE_FIRST, "初診では10割が原則(SIT-20)", "on a first visit full cost is the rule (SIT-20)") \
	M(OVERRIDE_CLAIM, "資格と番号を確かめてから請求する", "claim once eligibility and number are confirmed") \
	M(CLAIM_GO_ON, "摘要欄は「不詳」に続けて、聞いた住所・事業所名・連絡先を書く", "after 不詳 the 摘要欄 goes on with address, employer and contact") \
	M(REGISTER_HOW, "本人の同意があれば、この端末でも shikaku check --register で登録できる", "with the patient's yes shikaku check --register does it here, too") \
	M(OVERRIDE_HOW, "その場合は --override 30 --reason 理由", "that is --override 30 --reason TEXT") \
	M(BEFORE_CLAIM, "。レセプトを出す前に({}ごろまで)", ", before the claim goes out (about {})") \
	M(MORE, "ほか{}件は --json で", "{} more: --json")					\
	M(WATCH_PLACE, "マイナンバーカードを読み取り機に置いてください。", "Place a My Number card on the reader.") \
	M(WATCH_READING, "カードを読んでいます", "reading the card")			\
	M(WATCH_LIFTED, "カードが離れました。もう一度置いてください(カードなしで進めるときは n)。", "The card was lifted. Place it again (n: go on without it).") \
	M(WATCH_SWAPPED, "前のカードは離れました。今あるカードで始めからやり直します(前の入力は使っていません)。", "The card before was lifted; the one that lies there starts afresh, and what was typed is not used for it.") \
	M(WATCH_OTHER_CARD, "マイナンバーカードではありません。置き直してください(カードなしは n)。", "Not a My Number card. Place a My Number card (n: there is none).") \
	M(WATCH_TWO_CARDS, "カードが{}枚あります。先に応えた1枚を読みます。ほかは後で置き直してください。", "{} cards lie there: the first that answers is read; lay the rest down again later.") \
	M(WATCH_TAKE_CARD, "カードを返してください", "give the card back")		\
	M(WATCH_SAME_CARD, "同じカードです", "the same card")				\
	M(WATCH_NEXT_CARD, "次のカードがあります", "the next card is there")		\
	M(WATCH_BUSY, "読み取り機を他のソフトが使っています。空いたらすぐ読みます。", "Another program is using the reader. The card is read as soon as it is free.") \
	M(WATCH_BUSY_WHO, "閉じるもの: マイナポータルアプリ、他のレセコン、e-Taxなどの署名ソフト、scdaemon", "May be: マイナポータル app, another レセコン, a signing program, scdaemon") \
	M(WATCH_DOWN, "資格確認サービスは{}から応答がありません。照会せずに進めます。", "The service has not answered since {}: going on without asking it.") \
	M(WATCH_TROUBLE, "資格確認サービス: {}", "the eligibility service: {}")		\
	M(WATCH_NO_CLEAR, "この端末は画面を消せません。患者の氏名が残ります。", "This terminal can not be cleared: patients' names stay on it.") \
	M(WATCH_READER, "リーダー {}", "reader {}")					\
	M(WATCH_WAITS, "カード待ち", "waiting")						\
	M(WATCH_CARD, "カードあり", "card there")					\
	M(WATCH_IN_USE, "他のソフトが使用中", "in use elsewhere")				\
	M(WATCH_NO_READER, "なし", "none")						\
	M(WATCH_NO_PCSCD, "pcscdが停止", "pcscd is down")				\
	M(WATCH_LOOKING, "確認中", "looking")						\
	M(WATCH_SERVICE, "サービス {}", "service {}")					\
	M(WATCH_OFFLINE, "なし(offline)", "none (offline)")				\
	M(WATCH_UP, "正常", "up")							\
	M(WATCH_NO_ANSWER, "応答なし", "down")						\
	M(WATCH_UNUSABLE, "使えない", "unusable")					\
	M(WATCH_SINCE, "({}から)", " since {}")						\
	M(WATCH_RULES, "規則 {}", "rules {}")						\
	M(WATCH_DEBTS, "未了 {}件", "{} to follow up")						\
	M(WATCH_KEY_NONE, "カードなし", "no card")					\
	M(WATCH_KEY_AGAIN, "もう一度", "again")						\
	M(WATCH_KEY_HANDOUT, "案内", "handout")					\
	M(WATCH_KEY_CLEAR, "消す", "clear")						\
	M(WATCH_KEY_NEXT, "次へ", "go on")					\
	M(WATCH_KEY_QUIT, "終了", "quit")						\
	M(TEST_MODE, "試験用の構成です。本物のカードと患者には使わないでください。", "test configuration: not for real cards and patients")

#define M(id, ja, en) MSG_##id,
enum msg { MSG_LIST(M) MSG_MAX };
#undef M

const char *msg(enum msg m, bool ja);

/* The sentence with its {} replaced; cut to fit out. */
void	msg_with(char *out, size_t n, enum msg m, bool ja, const char *arg);
void	msg_with_int(char *out, size_t n, enum msg m, bool ja, long long arg);
/* As what the card says: tries is -1 where nobody knows. */
void	msg_with_tries(char *out, size_t n, enum msg m, bool ja, int tries);

#endif
