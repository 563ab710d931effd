public import Pages
import Records
public import Schema
public import Values

/// What pages show of timers: the one that runs, buttons to start one, the page where it is ended.
public enum TimerPages {
    /// Where a timer is ended.
    public static let address = "/timer"

    /// The timer that runs, on top of every page.
    public static func bar(_ timer: WorkTimer, _ name: String?, in context: PageContext) -> HTML {
        let isForgotten = timer.isForgotten(at: context.now)
        let stop: HTML =
            isForgotten
            ? "<a class=\"k-btn k-btn-small\" href=\"\(address)\">\(context(Texts.howLong))</a>"
            : """
            <form method="post" action="\(address)/stop"\(attribute: "data-place", if: timer.place != nil)>\(context.csrfField)\(place)\
            <button class="k-btn k-btn-primary k-btn-small">\(context(stopLabel(timer)))</button></form>
            """
        return """
            <aside class="k-timer\(HTML.when(isForgotten, " k-timer-late"))" aria-label="\(context(Texts.timer))">\(Icons.use("clock"))\
            <a href="\(address)"><b>\(kind(timer, context))</b>\(HTML.with(name) { " <span>\($0)</span>" })</a>\(since(timer, context))\(stop)</aside>
            """
    }

    /// Since when it runs; the script makes a clock of it.
    private static func since(_ timer: WorkTimer, _ context: PageContext) -> HTML {
        let isToday = Format.instant(timer.startedAt, in: context).prefix(10) == context.today.description
        let start = isToday ? Format.time(timer.startedAt, in: context) : Format.instant(timer.startedAt, in: context)
        return """
            <time class="k-num" datetime="\(timer.startedAt.description)" title="\(context(Texts.since(start)))" \
            data-since="\(String(timer.startedAt.milliseconds))">\(context(Texts.since(start)))</time>
            """
    }

    private static func kind(_ timer: WorkTimer, _ context: PageContext) -> String {
        if timer.method == .checkIn { return context(Texts.checkedIn) }
        return context(Activity.kinds.first { $0.key == timer.kind }?.label ?? Texts.timer)
    }

    private static func stopLabel(_ timer: WorkTimer) -> Label {
        timer.method == .checkIn ? Texts.checkOut : Texts.stop
    }

    /// Fields that the script fills with the position, if the person wants it noted and the browser tells it.
    private static let place: HTML =
        """
        <input type="hidden" name="latitude"><input type="hidden" name="longitude"><input type="hidden" name="accuracy">
        """

    /// The menu on the page of a record.
    public static func menu(_ plural: String, _ id: RecordID, in context: PageContext) -> HTML {
        let buttons = HTML.each(WorkTimer.kinds) { key in
            let label = Activity.kinds.first { $0.key == key }?.label ?? Texts.timer
            return """
                <button class="k-item" name="start" value="\(key)">\(Icons.use(key))\(context(label))</button>
                """
        }
        return """
            <details class="k-menu" data-menu><summary class="k-btn">\(Icons.use("clock"))\(context(Texts.timer))\(Icons.use("down"))</summary>\
            <div class="k-menu-body"><form method="post" action="\(address)/start" data-place>\(context.csrfField)\
            <input type="hidden" name="object" value="\(plural)"><input type="hidden" name="record" value="\(id.description)">\(place)\
            \(buttons)<hr><button class="k-item" name="start" value="check_in">\(Icons.use("pin"))\(context(Texts.checkIn))</button>\
            <label class="k-menu-line" data-needs-script hidden>\(context(Texts.withPlace))<input type="checkbox" name="with_place" value="1"></label></form></div></details>
            """
    }

    /// The page of the timer that runs, or of none.
    public static func page(
        _ running: (timer: WorkTimer, name: String?, address: String?)?,
        outcomes: [Choice],
        in context: PageContext
    ) -> HTML {
        guard let (timer, name, record) = running else {
            return Layout.head("\(context(Texts.timer))")
                + """
                <section class="k-panel k-narrow"><div class="k-empty">\(Icons.use("clock"))<h2>\(context(Texts.none))</h2>\
                <p>\(context(Texts.howTo))</p><div class="k-actions"><a class="k-btn k-btn-primary" href="/customers">\(context(Customer.definition.pluralLabel))</a></div></div></section>
                """
        }
        let isForgotten = timer.isForgotten(at: context.now)
        let warning = HTML.when(isForgotten, "<p class=\"k-note k-note-warn\">\(context(Texts.forgotten))</p>")
        let about = HTML.with(name) { name in
            "<p>\(HTML.with(record) { "<a\(href: $0)>\(name)</a>" })\(HTML.when(record == nil, "\(name)"))</p>"
        }
        let kinds = HTML.each(Activity.kinds.filter { WorkTimer.kinds.contains($0.key) }) {
            "<option value=\"\($0.key)\"\(attribute: "selected", if: $0.key == timer.kind)>\(context($0.label))</option>"
        }
        let results = HTML.each(outcomes) { "<option value=\"\($0.key)\">\(context($0.label))</option>" }
        return Layout.head("\(kind(timer, context))") + """
            <section class="k-panel k-narrow"><form class="k-form" method="post" action="\(address)/stop"\(attribute: "data-place", if: timer.place != nil)>\
            \(context.csrfField)\(place)<div class="k-section k-form">\(warning)\(about)<p class="k-timer-clock">\(since(timer, context))</p>\
            <div class="k-fields"><label class="k-field"><span class="k-label">\(context(Activity.fields.kind.definition.label))</span><select class="k-input" name="kind">\(kinds)</select></label>\
            <label class="k-field"><span class="k-label">\(context(Texts.minutes))</span><input class="k-input" name="minutes" type="number" inputmode="numeric" min="1" max="10000"\
            \(attribute: "required", if: isForgotten) placeholder="\(isForgotten ? "" : String(timer.minutes(at: context.now)))"></label>\
            <label class="k-field k-field-wide"><span class="k-label">\(context(Activity.fields.body.definition.label))</span><textarea class="k-input" name="body" rows="3" maxlength="50000"></textarea></label>\
            <label class="k-field"><span class="k-label">\(context(Activity.fields.outcome.definition.label))</span><select class="k-input" name="outcome"><option></option>\(results)</select></label></div>\
            <p class="k-muted">\(context(Texts.correcting))</p></div><div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(stopLabel(timer)))</button>\
            <button class="k-btn" formaction="\(address)/discard" formnovalidate data-confirm="\(context(Texts.reallyDiscard))">\(context(Texts.discard))</button></div></form></section>
            """
    }

    enum Texts {
        static let timer = Label("Timer", zh: "计时")
        static let stop = Label("Stop", zh: "停止")
        static let checkIn = Label("Check in for a visit", zh: "拜访签到")
        static let checkedIn = Label("Checked in", zh: "拜访中")
        static let checkOut = Label("Check out", zh: "签退")
        static let withPlace = Label("Note where I am", zh: "记录所在位置")
        static let none = Label("No timer is running", zh: "当前没有计时")
        static let howTo = Label(
            "Open a customer, contact, lead or opportunity and choose «Timer». When you stop it, the minutes are noted there.",
            zh: "打开客户、联系人、线索或商机，点“计时”开始；停止后自动记入跟进记录。"
        )
        static let forgotten = Label(
            "This timer has been running for more than twelve hours. Say how many minutes it really was; nothing is counted without that.",
            zh: "计时已超过 12 小时，可能忘了停止。请填写实际用时，否则不会计入。"
        )
        static let howLong = Label("How long was it?", zh: "补填用时")
        static let minutes = Label("Minutes, if others than measured", zh: "实际用时（分钟），不填按计时")
        static let correcting = Label(
            "Minutes that you change are marked as corrected by hand.",
            zh: "修改过的用时会标记为“计时后手工更正”。"
        )
        static let discard = Label("Discard", zh: "放弃计时")
        static let reallyDiscard = Label("End it without noting anything?", zh: "放弃本次计时，不保存记录？")

        static func since(_ start: String) -> Label { Label("since \(start)", zh: "\(start) 起") }
    }
}
