import ArgumentParser
import Database
import Foundation
import Operations
import Records
import Values

/// The program.
public enum Program {
    /// Runs the command that the arguments name and ends the process: 0 done, 1 failed, 2 done but for
    /// attachments that are missing or damaged, 64 wrong usage.
    public static func main() async {
        // A reader that goes away, as in `kehu … | head`, is no reason to die loudly.
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow is an error like a full disk, not a reason to die.
        signal(SIGXFSZ, SIG_IGN)
        Memory.useFewArenas()
        do {
            var command = try KehuCommand.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let problem as Problem {
            Console.complain(Console.text(problem))
            exit(1)
        } catch let problem as FieldProblem {
            Console.complain("\(problem.field): \(problem.message.text(Console.language))")
            exit(1)
        } catch let failure as StorageFailure {
            Console.complain(Console.text(Problem(failure)))
            exit(1)
        } catch {
            let code = KehuCommand.exitCode(for: error)
            guard code == .validationFailure else {
                if code != .success, !(error is ExitCode) {
                    Console.complain("\(error.localizedDescription)")
                    exit(1)
                }
                KehuCommand.exit(withError: error)
            }
            let hint = Label("See: kehu --help", zh: "用法见：kehu --help")
            Console.complain(KehuCommand.message(for: error) + " " + hint.text(Console.language))
            exit(code.rawValue)
        }
        exit(0)
    }
}

struct KehuCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kehu",
        abstract: Label("Kehu, a CRM of your own.", zh: "客户：可自行部署的客户关系管理系统。").text(Console.language),
        version: Version.text,
        subcommands: [
            DemoCommand.self, ServeCommand.self, WorkerCommand.self, WorkspaceCommand.self, UserCommand.self,
            KeyCommand.self,
            ObjectCommand.self, FieldCommand.self, ChoiceCommand.self, ImportCommand.self, ExportCommand.self,
            MavenCommand.self,
            HandOverCommand.self, EraseCommand.self, HeldCommand.self, DuplicatesCommand.self,
            WebhookCommand.self, JobsCommand.self, BackupCommand.self, RestoreCommand.self, MigrateCommand.self,
            VerifyCommand.self,
            DoctorCommand.self,
            OpenAPICommand.self, BenchCommand.self, CostingCommand.self, EstimateCommand.self,
        ]
    )
}

/// Where the data lies; every command takes these.
struct DataOptions: ParsableArguments {
    @Option(help: ArgumentHelp(Label("Folder of the workspaces.", zh: "工作区数据目录。").text(Console.language)))
    var data: String?

    @Option(
        help: ArgumentHelp(
            Label("PostgreSQL database: postgres://user@host/db", zh: "PostgreSQL 数据库地址：postgres://user@host/db").text(
                Console.language
            )
        )
    )
    var database: String?

    @Option(
        help: ArgumentHelp(Label("Workspace, where there are several.", zh: "工作区名称（有多个时必填）。").text(Console.language))
    )
    var workspace: String?

    @Option(
        help: ArgumentHelp(Label("Settings file; else ./kehu.toml.", zh: "配置文件，默认 ./kehu.toml。").text(Console.language))
    )
    var config: String?

    @Flag(help: ArgumentHelp(Label("Print JSON.", zh: "输出 JSON。").text(Console.language)))
    var json = false

    /// The settings, with more flags of a command.
    func settings(_ flags: [String: String?] = [:]) throws -> Settings {
        var all = flags
        all["data"] = data
        all["database"] = database
        all["workspace"] = workspace
        return try Settings(flags: all, file: config)
    }

    /// The folder of the workspaces.
    func directory() async throws -> WorkspaceDirectory { try await WorkspaceDirectory.chosen(settings()) }

    /// Opens the workspace that is meant, for the length of a command.
    func open() async throws -> OpenWorkspace {
        let settings = try settings()
        let directory = try await WorkspaceDirectory.chosen(settings)
        return try await OpenWorkspace(
            directory.choose(settings.text("workspace")),
            in: directory,
            upkeep: Upkeep(settings)
        )
    }

    /// Runs `body` on the open workspace and closes it.
    func withWorkspace(_ body: (OpenWorkspace) async throws -> Void) async throws {
        let workspace = try await open()
        defer { workspace.close() }
        try await body(workspace)
    }
}
