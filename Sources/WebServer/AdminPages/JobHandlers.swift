import Database
import HTTPTypes
import Identity
import Jobs
import Pages
import Records
import Values

/// Background jobs: what is due, what failed and why, and «run again».
enum JobHandlers {
    private static let size = 100

    static func list(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.settings)
        let queue = page.call.workspace.jobs
        return try await page.show { session in
            let context = page.context
            let plans = try queue.plans(on: session.connection)
            let jobs = try queue.list(limit: size, on: session.connection)
            let html: HTML = """
                \(Layout.head("\(context(JobWords.jobs))", text: context(JobWords.jobsText)))<div class="k-stack">\
                <section class="k-panel"><h2 class="k-panel-head">\(context(JobWords.recurring))</h2>\
                \(Table.html(table(plans, queue, context), in: context))</section>\
                <section class="k-panel"><h2 class="k-panel-head">\(context(JobWords.queue))</h2>\
                \(Table.html(table(jobs, queue, context), in: context))</section></div>
                """
            return PageBody(
                context(JobWords.jobs),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)]
            )
        }
    }

    static func table(_ plans: [JobPlan], _ queue: JobQueue, _ context: PageContext) -> TableModel {
        TableModel(
            caption: context(JobWords.recurring),
            columns: [
                ColumnModel("kind", context(JobWords.job)), ColumnModel("next", context(JobWords.next)),
                ColumnModel("last", context(JobWords.last)), ColumnModel("result", context(AdminWords.outcome)),
            ],
            rows: plans.map { plan in
                RowModel(
                    id: plan.name,
                    name: context(queue.label(plan.name)),
                    cells: [
                        .text(context(queue.label(plan.name))), .instant(plan.nextAt),
                        plan.lastAt.map(CellValue.instant) ?? .empty, said(plan.lastError, plan.lastResult),
                    ],
                    actions: button(Addresses.jobs + "/plans/" + plan.name, JobWords.runNow, context)
                )
            },
            empty: EmptyModel(icon: "history", title: context(JobWords.none))
        )
    }

    static func table(_ jobs: [Job], _ queue: JobQueue, _ context: PageContext) -> TableModel {
        TableModel(
            caption: context(JobWords.queue),
            columns: [
                ColumnModel("kind", context(JobWords.job)), ColumnModel("state", context(JobWords.state)),
                ColumnModel("at", context(Words.time)), ColumnModel("tries", context(JobWords.tries), numeric: true),
                ColumnModel("result", context(AdminWords.outcome)),
            ],
            rows: jobs.map { job in
                let canRepeat = job.state == .dead || job.state == .done
                return RowModel(
                    id: job.id.description,
                    name: context(queue.label(job.kind)),
                    cells: [
                        .text(context(queue.label(job.kind))), .html(badge(job.state, context)),
                        .instant(job.finishedAt ?? job.dueAt), .number(Int64(job.tries)), said(job.error, job.result),
                    ],
                    actions: canRepeat ? button("\(Addresses.jobs)/\(job.id)/again", JobWords.again, context) : .empty
                )
            },
            empty: EmptyModel(icon: "history", title: context(JobWords.none))
        )
    }

    private static func said(_ error: String?, _ result: String?) -> CellValue {
        (error ?? result).map { .text($0) } ?? .empty
    }

    private static func badge(_ state: JobState, _ context: PageContext) -> HTML {
        switch state {
        case .ready: Badge.html(context(JobWords.ready))
        case .running: Badge.html(context(JobWords.running), .accent)
        case .done: Badge.html(context(JobWords.done), .ok)
        case .dead: Badge.html(context(JobWords.dead), .bad)
        }
    }

    private static func button(_ address: String, _ label: Label, _ context: PageContext) -> HTML {
        """
        <form method="post" action="\(address)">\(context.csrfField)<button class="k-btn">\(context(label))</button></form>
        """
    }

    static func again(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.settings)
        let (queue, id) = (page.call.workspace.jobs, try page.call.recordID())
        let isQueued = try await page.write { try queue.again(id, on: $0.connection) }
        guard isQueued else { return page.go(to: Addresses.jobs, .bad, Problem.jobIsUnderWay.message) }
        return page.go(to: Addresses.jobs, .ok, JobWords.queued)
    }

    static func runNow(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.settings)
        let (queue, name) = (page.call.workspace.jobs, page.call.parameter("name"))
        guard try await page.write({ try queue.runNow(name, on: $0.connection) }) else { throw Problem.noSuchAddress }
        return page.go(to: Addresses.jobs, .ok, JobWords.queued)
    }
}

/// The words of the page of jobs.
enum JobWords {
    static let jobs = Label("Background jobs", zh: "后台任务")
    static let jobsText = Label("What runs by itself, when, and what went wrong.", zh: "系统自动执行的任务、时间与失败原因。")
    static let recurring = Label("Recurring", zh: "定时任务")
    static let queue = Label("Queue", zh: "任务队列")
    static let job = Label("Job", zh: "任务")
    static let state = Label("State", zh: "状态")
    static let next = Label("Next", zh: "下次执行")
    static let last = Label("Last", zh: "上次执行")
    static let tries = Label("Tries", zh: "尝试次数")
    static let ready = Label("Waiting", zh: "等待中")
    static let running = Label("Running", zh: "执行中")
    static let done = Label("Done", zh: "已完成")
    static let dead = Label("Failed", zh: "已失败")
    static let again = Label("Run again", zh: "重新执行")
    static let runNow = Label("Run now", zh: "立即执行")
    static let queued = Label("The job runs in a moment.", zh: "任务即将执行。")
    static let none = Label("No jobs yet", zh: "暂无任务")
}
