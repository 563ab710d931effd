import ArgumentParser
import Database
import Operations
import Values

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: Label(
            "Shows the settings with their origin, and says what is wrong and what to do.",
            zh: "显示各设置及来源，诊断问题并给出处理办法。"
        )
        .text(Console.language)
    )
    @OptionGroup var data: DataOptions

    func run() async throws {
        let settings = try data.settings()
        let findings = await Diagnosis.of(settings)
        if data.json {
            show(settings, findings)
        } else {
            Console.table(
                Settings.entries.map { entry in
                    [
                        entry.name, shown(entry, settings), settings.source(entry.name).rawValue,
                        entry.help.text(Console.language),
                    ]
                }
            )
            for finding in findings {
                Console.line(finding.mark + " " + finding.text.text(Console.language))
            }
        }
        if findings.contains(where: { $0.grade == .bad }) { throw ExitCode.failure }
    }

    private func shown(_ entry: Settings.Entry, _ settings: Settings) -> String {
        let value = settings.text(entry.name)
        if value.isEmpty { return "-" }
        if entry.name.hasPrefix("database") {
            return value.split(separator: " ").map { (try? PostgresAddress(String($0)))?.shown ?? "***" }
                .joined(separator: " ")
        }
        return entry.name == "metrics_token" ? "***" : value
    }

    private func show(_ settings: Settings, _ findings: [Finding]) {
        Console.json { json in
            json.object { json in
                json.key("settings")
                json.object { json in
                    for entry in Settings.entries {
                        json.key(entry.name)
                        json.object { json in
                            json.member("value", shown(entry, settings))
                            json.member("origin", settings.source(entry.name).rawValue)
                        }
                    }
                }
                json.key("findings")
                json.array { json in
                    for finding in findings {
                        json.object { json in
                            json.member("ok", finding.grade != .bad)
                            json.member("grade", finding.grade.rawValue)
                            json.member("code", finding.code)
                            json.member("text", finding.text.text(Console.language))
                        }
                    }
                }
            }
        }
    }
}
