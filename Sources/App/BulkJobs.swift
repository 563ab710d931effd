import Identity
import Jobs
import Records
import Values

extension Maintenance {
    /// How many portions a run of the job does before others have their turn.
    private static let portions = 10

    /// Carries on with what somebody does with many records at once, with the rights they have now.
    static func bulk(_ engine: RecordEngine, _ identities: Identities) -> JobKind {
        JobKind("records.bulk", label: Label("Change many records", zh: "批量处理记录")) { job in
            guard let id = job.payload["bulk"]?.string.flatMap({ RecordID($0) }),
                let user = job.payload["user"]?.string.flatMap({ RecordID($0) }),
                let actor = try await identities.actor(for: user, origin: .page)
            else { return .done() }
            do {
                for _ in 0..<portions {
                    guard try await engine.workOnBulk(id, as: actor) else { return .done() }
                    try Task.checkCancellation()
                }
            } catch let problem as Problem where problem.kind == .notFound {
                // Forgotten since, as all are after thirty days: trying again would not bring it back.
                return .done()
            }
            return .more(job.payload)
        }
    }
}
