#!/usr/bin/env bats
# shikaku watch: a day at the desk, with a real pcscd, virtual readers and the mock.

bats_require_minimum_version 1.5.0
load helper
load watch

setup_file() { fixtures; }
setup() { watch_setup; }
teardown() { watch_teardown; }

@test "watch: three patients in a row, one of them with a wrong PIN" {
	desk
	rig_start
	sit
	play 'expect 置いてください' 'expect カード待ち' 'expect 正常' 'expect q 終了'
	rig_insert "$CARDS/adult.json"
	play 'expect 残り3回' 'echo off' 'type 1234' 'expect 【3割】保険扱い' 'expect 山田' \
	    'expect カードを返してください'
	next senior
	play 'gone 山田' 'expect 残り3回' 'type 9999' 'expect 残り2回です' 'expect やめる >' 'key 1' \
	    'expect 残り2回' 'type 1234' 'expect 【2割】'
	tries 3
	next child
	play 'gone 【2割】' 'expect 残り3回' 'type 1234' 'expect 】保険扱い'
	rig_remove
	play 'expect カード待ち' 'key c' 'expect 置いてください'
	nothing_left
	asked 3
	play 'key q'
	ends 0
	[ "$(tr -cd '\a' <<<"$output" | wc -c)" = 3 ]
}

@test "watch: a card lying there at the start is taken, left lying it is not taken again" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	sit --auth visual --clear-after 2
	play 'expect 本人ですか' 'key 1' 'expect 【3割】' 'expect カードを返してください' 'pause 2500' \
	    'expect リーダー Virtual' 'pause 1000'
	nothing_left
	asked 1
	# once more, because somebody wants it
	play 'key r' 'expect 本人ですか' 'key 1' 'expect 【3割】' 'key q'
	asked 2
	ends 0
}

@test "watch: a card that slipped is the same card, and a key checks it all the same" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	sit
	play 'expect 残り3回' 'type 1234' 'expect 【3割】'
	next adult
	play 'expect 同じカードです' 'pause 500'
	asked 1
	play 'key r' 'expect 残り3回' 'type 1234' 'expect 【3割】' 'pause 1600'
	asked 2
	# the next one's, just as soon, is another
	rig_remove
	rig_insert "$CARDS/senior.json"
	play 'expect 残り3回' 'type 1234' 'expect 【2割】' 'key q'
	ends 0
}

@test "watch: a card laid down during the talk is that patient's, whatever came of it" {
	URL=https://localhost:1
	config
	rig_start
	sit --auth visual
	play 'expect カード待ち' 'expect 応答なし' 'key n' 'expect お持ちですか' 'key 1' 'expect やめる >' \
	    'key 1' 'expect 置いてください'
	rig_insert "$CARDS/adult.json"
	play 'expect 資格確認サービスに接続できません' 'expect やめる >' 'key q' 'expect 確認が必要' \
	    'expect 同じカードです' 'pause 2000' 'gone カードを読んでいます'
	play 'key q'
	ends 0
}

@test "watch: a card laid down before the verdict could be read waits" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json" 0
	sit
	play 'expect 残り3回' 'type 1234' 'expect 【3割】'
	rig_insert "$CARDS/senior.json" 1
	play 'expect 次のカードがあります' 'pause 2000'
	asked 1
	play 'key c' 'expect 残り3回' 'gone 山田' 'type 1234' 'expect 【2割】' 'key q'
	ends 0
}

@test "watch: two cards at once: it is said, and one is taken" {
	desk
	rig_start
	rig_insert "$CARDS/juki.json" 0
	rig_insert "$CARDS/adult.json" 1
	sit
	play 'expect カードが2枚あります' 'expect 残り3回' 'type 1234' 'expect 【3割】' 'key q'
	ends 0
	asked 1
}

@test "watch: the reader that is named, and no other" {
	desk
	rig_start
	rig_insert "$CARDS/senior.json" 0
	sit --reader "00 01"
	play 'expect リーダー Virtual PCD 00 01' 'pause 1000' 'gone 00 00'
	asked 0
	rig_insert "$CARDS/adult.json" 1
	play 'expect 残り3回' 'type 1234' 'expect 【3割】' 'key q'
	ends 0
}

@test "watch: the reader that is named, and no other, also for who is asked first" {
	desk
	rig_start
	sit --reader "00 01"
	play 'expect カード待ち'
	rig_insert "$CARDS/senior.json" 0
	play 'key n' 'expect お持ちですか' 'key 1' 'expect やめる >' 'key 1' 'expect 置いてください' \
	    'pause 1500' 'gone 残り3回'
	rig_insert "$CARDS/adult.json" 1
	play 'expect 残り3回' 'type 1234' 'expect 【3割】' 'expect 山田' 'key q'
	ends 0
}

@test "watch: a card pulled while it is read, and put back" {
	desk
	rig_start
	rig_insert "$CARDS/adult.removed-mid-read.json"
	sit
	play 'expect カードが離れました。もう一度置いてください'
	gone
	rig_insert "$CARDS/adult.json"
	play 'expect 残り3回'
	rig_drop
	play 'type 1234' 'expect カードが離れました'
	gone
	rig_insert "$CARDS/adult.json"
	play 'expect 残り3回' 'type 1234' 'expect 【3割】' 'key q'
	ends 0
	tries 3
}

@test "watch: a card pulled at the PIN: a try may be gone, and that is said" {
	desk
	rig_start
	derived adult "card['alter'] = [{'ins': '20', 'do': 'remove', 'after': 2}]" gone
	rig_insert "$CARD"
	sit
	play 'expect 残り3回' 'type 1234' 'expect カードが離れました' 'expect 減ったかもしれません' 'key q'
	ends 0
}

@test "watch: another card in the place of one whose PIN is asked for: what was typed is not used, and that is said" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	sit
	play 'expect 残り3回'
	rig_remove
	rig_insert "$CARDS/senior.json"
	play 'type 1234' 'expect 前のカードは離れました' 'expect 残り3回' 'type 1234' 'expect 【2割】' 'key q'
	ends 0
	[ "$(grep -c '前のカードは離れました' <<<"$output")" = 1 ]
}

@test "watch: another card, an unreadable one, and the next patient" {
	desk
	rig_start
	sit
	play 'expect カード待ち'
	rig_insert "$CARDS/juki.json"
	play 'expect マイナンバーカードではありません'
	rig_remove
	rig_insert "$CARDS/adult.read-truncated.json"
	play 'expect カードを読み取れません' 'expect 別のカードで試す' 'expect やめる >' 'key q' \
	    'expect 確認が必要'
	next adult
	play 'expect 残り3回' 'type 1234' 'expect 【3割】' 'key q'
	ends 0
}

@test "watch: no card: the questions, down to the verdict" {
	desk
	rig_start
	sit
	play 'expect カード待ち' 'key n' 'expect お持ちですか' 'key q' 'expect 確認が必要' 'key p' \
	    'expect 受付からのお知らせ' 'key c' 'expect 置いてください' 'key p' 'expect 受付からのお知らせ' \
	    'press D'
	ends 0
	asked 0
}

@test "watch: pcscd dies and comes back, the readers are gone and come back" {
	desk
	rig_start
	sit --auth visual
	play 'expect カード待ち'
	rig_kill "$RIG_PCSCD"
	play 'expect pcscdが停止'
	pcscd_returns
	play 'expect カード待ち'
	rig_kill "$RIG_PCSCD"
	mv "$RIG_DIR/conf/reader.conf" "$RIG_DIR/reader.conf"
	rig_launch
	play 'expect カードリーダーが見つかりません' 'expect リーダー なし'
	rig_kill "$RIG_PCSCD"
	mv "$RIG_DIR/reader.conf" "$RIG_DIR/conf/reader.conf"
	pcscd_returns
	play 'expect カード待ち'
	rig_insert "$CARDS/adult.json"
	play 'expect 本人ですか' 'key 1' 'expect 【3割】' 'key q'
	ends 0
}

@test "watch: pcscd dies under a card that was dealt with" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	sit --auth visual
	play 'expect 本人ですか' 'key 1' 'expect 【3割】'
	rig_drop
	rig_kill "$RIG_PCSCD"
	play 'expect pcscdが停止'
	pcscd_returns
	rig_insert "$CARDS/adult.json"
	play 'expect 同じカードです' 'key q'
	asked 1
	ends 0
}

@test "watch: another program has the card for itself: who it may be, and on as soon as it is free" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	hold exclusive
	sit --auth visual
	play 'expect 他のソフトが使っています' 'expect マイナポータルアプリ' 'expect scdaemon' \
	    'expect 他のソフトが使用中' 'pause 1500'
	let_go
	play 'expect 本人ですか' 'key 1' 'expect 【3割】' 'key q'
	ends 0
}

@test "watch: another program's transaction ends at the deadline, and the card can be read after it" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	hold transaction
	sit --auth visual --timeout 2
	play 'expect 時間内に応答しませんでした' 'expect やめる >' 'key q' 'expect 確認が必要'
	let_go
	play 'key r' 'expect 本人ですか' 'key 1' 'expect 【3割】' 'key q'
	ends 0
}

@test "watch: a dead service delays nobody twice, and is found again when it comes back" {
	local port i
	desk
	rig_start
	port=${URL##*:}
	rig_insert "$CARDS/adult.json"
	sit --auth visual --timeout 3
	play 'expect 本人ですか' 'key 1' 'expect 【3割】' 'expect サービス 正常'
	# it takes the connection and says nothing
	kill -STOP "${MOCKS[0]}"
	next senior
	play 'expect 時間内に応答しませんでした' 'expect やめる >' 'key q' 'expect 確認が必要' \
	    'expect サービス 応答なし'
	next adult
	i=${EPOCHREALTIME/./}
	play 'expect 照会せずに進めます' 'expect 時間内に応答しませんでした' 'expect やめる >'
	took=$(((${EPOCHREALTIME/./} - i) / 1000))
	within 0 1000
	play 'key q' 'expect 確認が必要'
	kill -CONT "${MOCKS[0]}"
	play 'expect サービス 正常' 'pause 100'
	next senior
	play 'expect 本人ですか' 'key 1' 'expect 【2割】' 'key q'
	ends 0
}

@test "watch: a service that is down when the day begins" {
	URL=https://localhost:1
	config
	rig_start
	sit --auth visual
	play 'expect サービス 応答なし' 'expect 照会せずに進めます'
	rig_insert "$CARDS/adult.json"
	play 'expect 照会せずに進めます' 'expect 資格確認サービスに接続できません' 'expect やめる >' 'key q' \
	    'expect 確認が必要' 'key q'
	ends 0
}

@test "watch: no service, on purpose" {
	URL=offline
	config
	rig_start
	sit
	play 'expect サービス なし(offline)' 'key q'
	ends 0
}
