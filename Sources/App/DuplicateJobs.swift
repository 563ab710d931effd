import Duplicates
import Identity
import Jobs
import Records
import Values

/// The jobs that search for duplicates.
enum DuplicateJobs {
    /// How many portions a run of the job does before others have their turn.
    private static let portions = 20

    static func kinds(_ engine: RecordEngine) -> [JobKind] { [search(engine), keys(engine)] }

    /// Each night all objects; in between those that somebody asked for.
    private static func search(_ engine: RecordEngine) -> JobKind {
        JobKind(
            "duplicates.search",
            label: Label("Search all records for duplicates", zh: "全库查重"),
            schedule: .daily(hour: 2, minute: 10)
        ) { job in
            let one = job.payload["object"]?.string
            var objects = one.map { [$0] } ?? []
            if one == nil { objects = try await engine.objectsWithDuplicateRules() }
            if one == nil, job.payload["started"] == nil {
                for object in objects {
                    _ = try await engine.startDuplicateRun(of: object, as: .system("duplicates"))
                }
            }
            var members = [JSONValue.Member(key: "started", value: .bool(true))]
            if let one { members.append(.init(key: "object", value: .string(one))) }
            for object in objects {
                for _ in 0..<portions {
                    guard try await engine.workOnDuplicates(of: object) else { break }
                    try Task.checkCancellation()
                }
                if try await engine.workOnDuplicates(of: object) { return .more(.object(members)) }
            }
            return .done()
        }
    }

    /// Makes the keys that records of before this release, or loaded ones, lack.
    private static func keys(_ engine: RecordEngine) -> JobKind {
        JobKind(
            "duplicates.keys",
            label: Label("Prepare records for the search for duplicates", zh: "为查重准备数据"),
            schedule: .every(seconds: 600)
        ) { _ in
            for object in try await engine.objectsWithDuplicateRules() {
                try await engine.prepareDuplicates(of: object)
            }
            return .done()
        }
    }
}
