import ArgumentParser
import Duplicates
import Identity
import Records
import Values

struct DuplicatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duplicates",
        abstract: Label("Searches all records of an object for duplicates.", zh: "对某个对象进行全库查重。").text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @Argument(
        help: ArgumentHelp(Label("The object, as in «customers».", zh: "对象名，例如 customers。").text(Console.language))
    )
    var object: String
    @Flag(help: ArgumentHelp(Label("Only list what the last search found.", zh: "只列出上次查重的结果。").text(Console.language)))
    var list = false
    @Option(help: ArgumentHelp(Label("How many groups at most.", zh: "最多列出多少组。").text(Console.language)))
    var limit = 50

    func run() async throws {
        let (plural, limit) = (object, max(1, min(200, limit)))
        try await data.withWorkspace { workspace in
            let actor = OpenWorkspace.operatorActor
            if !list {
                let run = try await workspace.engine.startDuplicateRun(of: plural, as: actor)
                try await workspace.engine.continueDuplicateRun(of: run.object)
            }
            let (groups, run) = try await workspace.engine.read(as: actor) { session in
                let object = try session.object(plural)
                return (
                    try session.duplicateGroups(of: object, limit: limit).groups,
                    try session.duplicateRuns(of: object, limit: 1).first
                )
            }
            if data.json {
                Console.json { write(groups, run, to: &$0) }
            } else {
                Console.table(
                    groups.map { group in
                        let reasons = group.pairs.first?.score.reasons.map { $0.text.text(Console.language) } ?? []
                        return [
                            String(group.points), group.records.map { "\($0.id) \($0.name)" }.joined(separator: " | "),
                            reasons.joined(separator: ", "),
                        ]
                    }
                )
            }
        }
    }

    private func write(_ groups: [DuplicateGroup], _ run: DuplicateRun?, to json: inout JSONWriter) {
        json.object { json in
            json.member("pairs", run?.pairs ?? 0)
            json.member("too_large", run?.tooLarge ?? 0)
            json.key("groups")
            json.array { json in
                for group in groups {
                    json.object { json in
                        json.member("score", Int64(group.points))
                        json.key("records")
                        json.array { json in
                            for record in group.records {
                                json.object { json in
                                    json.member("id", record.id.description)
                                    json.member("name", record.name)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
