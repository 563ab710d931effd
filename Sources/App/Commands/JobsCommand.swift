import ArgumentParser
import Database
import Jobs
import Values

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: Label("Lists background jobs, or runs one again.", zh: "列出后台任务，或重新执行。").text(Console.language),
        subcommands: [List.self, Again.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Lists background jobs.", zh: "列出后台任务。").text(Console.language)
        )
        @OptionGroup var data: DataOptions

        func run() async throws {
            try await data.withWorkspace { workspace in
                let queue = workspace.jobs
                let (plans, jobs) = try await queue.database.read { connection in
                    (try queue.plans(on: connection), try queue.list(on: connection))
                }
                if data.json { return show(plans, jobs) }
                Console.table(
                    plans.map { plan in
                        [
                            plan.name, queue.label(plan.name).text(Console.language), plan.nextAt.description,
                            plan.lastAt?.description ?? "-", plan.lastError ?? plan.lastResult ?? "",
                        ]
                    }
                )
                Console.table(
                    jobs.map { job in
                        [
                            job.id.description, job.kind, job.state.rawValue, String(job.tries),
                            (job.finishedAt ?? job.dueAt).description, job.error ?? job.result ?? "",
                        ]
                    }
                )
            }
        }

        private func show(_ plans: [JobPlan], _ jobs: [Job]) {
            Console.json { json in
                json.object { json in
                    json.key("plans")
                    json.array { json in
                        for plan in plans {
                            json.object { json in
                                json.member("name", plan.name)
                                json.member("next_at", plan.nextAt.description)
                                json.member("last_at", plan.lastAt?.description)
                                json.member("last_error", plan.lastError)
                                json.member("last_result", plan.lastResult)
                            }
                        }
                    }
                    json.key("jobs")
                    json.array { json in
                        for job in jobs {
                            json.object { json in
                                json.member("id", job.id.description)
                                json.member("kind", job.kind)
                                json.member("state", job.state.rawValue)
                                json.member("tries", Int64(job.tries))
                                json.member("due_at", job.dueAt.description)
                                json.member("finished_at", job.finishedAt?.description)
                                json.member("error", job.error)
                                json.member("result", job.result)
                            }
                        }
                    }
                }
            }
        }
    }

    struct Again: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Runs a job again, or a recurring one now.", zh: "重新执行任务，或立即执行定时任务。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(
            help: ArgumentHelp(
                Label("Id of a job, or name of a recurring one.", zh: "任务编号或定时任务名称。").text(Console.language)
            )
        )
        var job: String

        func run() async throws {
            try await data.withWorkspace { workspace in
                let (queue, name) = (workspace.jobs, job)
                let isQueued = try await queue.database.write { connection in
                    if let id = RecordID(name), try queue.again(id, on: connection) { return true }
                    return try queue.runNow(name, on: connection)
                }
                guard isQueued else {
                    throw Problem(
                        .notFound,
                        "no_job",
                        Label(
                            "There is no such job that could run again. See: kehu jobs",
                            zh: "没有可重新执行的该任务，可用 kehu jobs 查看。"
                        )
                    )
                }
                if !data.json {
                    Console.say(Label("It runs as soon as «kehu serve» does.", zh: "服务运行时将自动执行。"))
                }
            }
        }
    }
}
