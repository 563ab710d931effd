import ArgumentParser
import Database
import Demo
import Duplicates
import Foundation
import Operations
import Records
import Values

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: Label("Makes the demo workspace if it is missing, and serves it.", zh: "创建演示工作区（如不存在）并启动服务。")
            .text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @OptionGroup var serve: ServeOptions
    @Option(help: ArgumentHelp(Label("small or full.", zh: "数据规模：small 或 full。").text(Console.language)))
    var size = "full"

    func run() async throws {
        let settings = try data.settings(serve.flags)
        let directory = try await WorkspaceDirectory.chosen(settings)
        let name = settings.text("workspace").isEmpty ? "demo" : settings.text("workspace")
        let lock = try directory.lock(name)
        let upkeep = try Upkeep(settings)
        let (workspace, logIn) =
            directory.has(name) ? try await open(name, directory, upkeep) : try await make(name, directory, upkeep)
        let wantsJSON = data.json
        try await Serving.run(workspace, settings) { address in
            if wantsJSON {
                Console.json { json in
                    json.object { json in
                        json.member("address", address)
                        json.member("email", logIn.email)
                        json.member("password", logIn.password)
                    }
                }
            } else {
                Console.now(
                    Label(
                        "The demo is served at \(address) — log in as \(logIn.email), password \(logIn.password). Ctrl-C stops it.",
                        zh: "演示系统已启动：\(address)，账号 \(logIn.email)，密码 \(logIn.password)。按 Ctrl-C 停止。"
                    ).text(Console.language)
                )
            }
        }
        withExtendedLifetime(lock) {}
    }

    private func open(
        _ name: String,
        _ directory: WorkspaceDirectory,
        _ upkeep: Upkeep
    ) async throws -> (OpenWorkspace, DemoLogIn.Words) {
        let logIn = try DemoLogIn.read(name, in: directory)
        return (try await OpenWorkspace(name, in: directory, node: 0, upkeep: upkeep, holdsLock: true), logIn)
    }

    /// Makes the workspace with the company; what is half made is taken away again.
    private func make(
        _ name: String,
        _ directory: WorkspaceDirectory,
        _ upkeep: Upkeep
    ) async throws -> (OpenWorkspace, DemoLogIn.Words) {
        let new = try await NewWorkspace(name, in: directory, holdsLock: true)
        do {
            let workspace = try await OpenWorkspace(name, in: new.directory, node: 0, upkeep: upkeep, holdsLock: true)
            return (workspace, try await build(workspace, new.directory))
        } catch {
            await new.giveUp()
            throw error
        }
    }

    private func build(_ workspace: OpenWorkspace, _ directory: WorkspaceDirectory) async throws -> DemoLogIn.Words {
        if !data.json {
            Console.now(Label("Making the demo company …", zh: "正在生成演示公司数据……").text(Console.language))
        }
        do {
            let summary = try await Demo.build(
                workspace.engine,
                workspace.identities,
                scale: size == "small" ? 0.02 : 1,
                now: Clock.system.now()
            )
            // Else nobody would be warned of duplicates until the job that does this has run.
            for object in try await workspace.engine.objectsWithDuplicateRules() {
                try await workspace.engine.prepareDuplicates(of: object)
            }
            let logIn = (email: summary.logins.first?.email ?? "", password: summary.password)
            try DemoLogIn.write(logIn, workspace.name, in: directory)
            return logIn
        } catch {
            workspace.engine.database.close()
            throw error
        }
    }
}

/// The log-in of a demo workspace, which each start prints again: in a file that only its owner can read.
enum DemoLogIn {
    typealias Words = (email: String, password: String)

    private static func file(_ name: String, _ directory: WorkspaceDirectory) -> String {
        directory.file(name) + "-login"
    }

    static func write(_ logIn: Words, _ name: String, in directory: WorkspaceDirectory) throws {
        let made = FileManager.default.createFile(
            atPath: file(name, directory),
            contents: Data("\(logIn.email)\n\(logIn.password)\n".utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard made else {
            throw Problem(
                .unavailable,
                "not_writable",
                Label("The data folder cannot be written.", zh: "数据目录不可写。")
            )
        }
    }

    static func read(_ name: String, in directory: WorkspaceDirectory) throws -> Words {
        let text = FileManager.default.contents(atPath: file(name, directory)) ?? Data()
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count == 2 else {
            throw Problem(
                .conflict,
                "no_demo",
                Label(
                    "The workspace «\(name)» is no demo. Serve it with «kehu serve», or name another with --workspace.",
                    zh: "工作区“\(name)”不是演示工作区。请用 kehu serve 启动，或用 --workspace 指定其他名称。"
                )
            )
        }
        return (lines[0], lines[1])
    }
}
