import Database
import HTTPTypes
import Identity
import Jobs
import Pages
import Records
import Values

extension PageRoutes {
    /// The backups.
    static let backups: [Route] = [get(BackupHandlers.address, BackupHandlers.show)]
}

/// When the last backup was made, whether it could be restored, and how to make one now.
enum BackupHandlers {
    static let address = Addresses.settings + "/backup"
    /// The names of the jobs that make archives and try them out.
    private static let names = ["backup", "restore_drill"]
    /// After how many hours without one a backup is missed.
    private static let late: Int64 = 50

    static func show(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.settings)
        let queue = page.call.workspace.jobs
        let archive = page.call.workspace.newestArchive()
        return try await page.show { session in
            let context = page.context
            let plans = try queue.plans(on: session.connection).filter { names.contains($0.name) }
            let jobs = try queue.list(limit: 200, on: session.connection).filter { names.contains($0.kind) }
            let done = jobs.filter { $0.kind == names[0] && $0.state == .done }.compactMap(\.finishedAt)
            let last = newest(done, archive)
            let fault = plans.first { $0.name == names[0] }?.lastError
            let html: HTML = """
                \(Layout.head(HTML(text: context(BackupWords.title)), text: context(BackupWords.text)))\(state(last, context))\(troubled(fault, context))<div class="k-stack">\
                <section class="k-panel"><h2 class="k-panel-head">\(context(JobWords.recurring))</h2>\
                \(Table.html(JobHandlers.table(plans, queue, context), in: context))</section>\
                <section class="k-panel"><h2 class="k-panel-head">\(context(BackupWords.made))</h2>\
                \(Table.html(JobHandlers.table(Array(jobs.prefix(30)), queue, context), in: context))</section>\
                <section class="k-panel"><h2 class="k-panel-head">\(context(BackupWords.back))</h2><div class="k-section k-form">\
                <p>\(context(BackupWords.how))</p><p><code>kehu restore FILE --data ./data</code></p></div></section></div>
                """
            let title = context(BackupWords.title)
            return PageBody(title, html, current: Addresses.settings, crumbs: [AdminCrumbs.settings(page)])
        }
    }

    /// The last backup: of a job that ended well, or an archive, there also where attachments are missing in it.
    private static func newest(_ done: [Instant], _ archive: MadeArchive?) -> MadeArchive? {
        let sound = done.max { $0.milliseconds < $1.milliseconds }
        guard let sound else { return archive }
        if let archive, archive.at.milliseconds > sound.milliseconds { return archive }
        return MadeArchive(at: sound, hasFaults: false)
    }

    /// Why the last backup failed, or what it could not hold.
    private static func troubled(_ fault: String?, _ context: PageContext) -> HTML {
        guard let fault else { return .empty }
        return
            "<div class=\"k-flash k-flash-bad\">\(Icons.use("warning"))<p>\(context(BackupWords.fault(fault)))</p></div>"
    }

    private static func state(_ last: MadeArchive?, _ context: PageContext) -> HTML {
        guard let last else {
            return
                "<div class=\"k-flash k-flash-bad\">\(Icons.use("warning"))<p>\(context(BackupWords.never))</p></div>"
        }
        let time = Format.instant(last.at, in: context)
        let text = context(last.hasFaults ? BackupWords.faulty(time) : BackupWords.last(time))
        let isBad = last.hasFaults || context.now.milliseconds - last.at.milliseconds > late * 3_600_000
        return """
            <div class="k-flash\(HTML.when(isBad, " k-flash-bad"))">\(Icons.use(isBad ? "warning" : "check"))<p>\(text)</p></div>
            """
    }
}

/// The words of backups.
enum BackupWords {
    static let title = Label("Backup", zh: "备份")
    static let text = Label(
        "When archives were made, whether they can be restored, and how.",
        zh: "查看备份时间、恢复演练结果与恢复方法。"
    )
    static let made = Label("Made lately", zh: "最近的备份")
    static let back = Label("Restoring", zh: "如何恢复")
    static let how = Label(
        "Stop the server, then on the machine where the archive lies:",
        zh: "先停止服务，然后在存放备份文件的机器上执行："
    )
    static let never = Label("No backup has been made yet.", zh: "尚未生成过备份。")
    static func fault(_ words: String) -> Label { Label("The last try: \(words)", zh: "最近一次执行：\(words)") }
    static func faulty(_ time: String) -> Label {
        Label(
            "The last backup was made at \(time). Attachments are missing or damaged in it.",
            zh: "最近一次备份：\(time)，其中有附件缺失或损坏。"
        )
    }
    static func last(_ time: String) -> Label { Label("The last backup was made at \(time).", zh: "最近一次备份：\(time)") }
}
