import Database
import HTTPTypes
import Identity
import Jobs
import Records
import Values

/// Background jobs, for those who may change the settings.
enum JobsAPI {
    static func list(_ call: Call) async throws -> Reply {
        try call.actor.require(.settings)
        try call.query.allow(["state", "limit"])
        let limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        var state: JobState?
        if let word = call.query["state"] {
            guard let known = JobState(rawValue: word) else {
                throw Problem.invalid(
                    "state",
                    "unknown_choice",
                    Label("«state» must be ready, running, done or dead.", zh: "state 只能是 ready、running、done 或 dead。")
                )
            }
            state = known
        }
        let (queue, wanted) = (call.workspace.jobs, state)
        return try await call.read { session in
            Reply.list(try queue.list(state: wanted, limit: limit, on: session.connection)) { write($0, to: &$1) }
        }
    }

    static func plans(_ call: Call) async throws -> Reply {
        try call.actor.require(.settings)
        let (queue, language) = (call.workspace.jobs, call.language)
        return try await call.read { session in
            Reply.list(try queue.plans(on: session.connection)) { plan, json in
                json.object { json in
                    json.member("name", plan.name)
                    json.member("label", queue.label(plan.name).text(language))
                    json.member("next_at", plan.nextAt.description)
                    json.member("last_at", plan.lastAt?.description)
                    json.member("last_error", plan.lastError)
                    json.member("last_result", plan.lastResult)
                }
            }
        }
    }

    static func again(_ call: Call) async throws -> Reply {
        try call.actor.require(.settings)
        let (queue, id) = (call.workspace.jobs, try call.recordID())
        return try await call.write { session in
            let isQueued = try queue.again(id, on: session.connection)
            guard let job = try queue.find(id, on: session.connection) else { throw Problem.notFound }
            guard isQueued else { throw Problem.jobIsUnderWay }
            return Reply.json(.accepted) { write(job, to: &$0) }
        }
    }

    private static func write(_ job: Job, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", job.id.description)
            json.member("kind", job.kind)
            json.member("state", job.state.rawValue)
            json.member("due_at", job.dueAt.description)
            json.member("tries", Int64(job.tries))
            json.member("error", job.error)
            json.member("result", job.result)
            json.member("created_at", job.createdAt.description)
            json.member("finished_at", job.finishedAt?.description)
        }
    }
}

extension Problem {
    /// The job waits or runs already.
    static let jobIsUnderWay = Problem(
        .conflict,
        "job_under_way",
        Label("This job, or another one like it, waits or runs already.", zh: "该任务或同类任务已在排队或执行中。")
    )
}
