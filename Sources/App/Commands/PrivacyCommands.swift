import ArgumentParser
import Foundation
import Identity
import Privacy
import Records
import Values

struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: Label(
            "Erases a person for ever; without --confirm shows what that would take.",
            zh: "抹除个人信息（不可撤销）；不带 --confirm 时仅预览。"
        )
        .text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @Argument(help: ArgumentHelp(Label("Object, such as contacts.", zh: "对象，例如 contacts。").text(Console.language)))
    var object: String?
    @Argument(help: ArgumentHelp(Label("Id of the record.", zh: "记录编号。").text(Console.language)))
    var id: String?
    @Option(
        help: ArgumentHelp(
            Label("E-mail address of a user who has left, in place of a record.", zh: "已停用成员的邮箱（代替记录）。").text(
                Console.language
            )
        )
    )
    var user: String?
    @Option(
        help: ArgumentHelp(
            Label("The person's name, or the user's e-mail address, to confirm.", zh: "输入该人姓名（成员为邮箱）以确认。").text(
                Console.language
            )
        )
    )
    var confirm: String?
    @Option(help: ArgumentHelp(Label("Why, without personal data.", zh: "原因（请勿包含个人信息）。").text(Console.language)))
    var reason: String?

    func validate() throws {
        guard (user != nil) != (object != nil && id != nil) else {
            throw ValidationError(
                Label("Name OBJECT and ID, or --user EMAIL.", zh: "请指定对象和编号，或 --user 邮箱。").text(Console.language)
            )
        }
        guard user == nil || confirm != nil else {
            throw ValidationError(
                Label("To erase a user: --confirm EMAIL.", zh: "抹除成员需加 --confirm 邮箱。").text(Console.language)
            )
        }
    }

    func run() async throws {
        if let user { return try await erase(user: user) }
        guard let object, let record = id.flatMap({ RecordID($0) }) else { throw Problem.notFound }
        try await data.withWorkspace { workspace in
            let actor = OpenWorkspace.operatorActor
            guard let confirm else {
                show(try await workspace.privacy.preview(object, record, as: actor))
                return
            }
            let report = try await workspace.privacy.erase(
                object,
                record,
                confirmation: confirm,
                reason: reason,
                as: actor
            )
            if data.json {
                Console.json { report.write(to: &$0) }
            } else {
                Console.say(
                    Label(
                        "Erased: \(report.token); \(report.notes) notes, \(report.files) files, \(report.entries) audit entries.",
                        zh: "已抹除：\(report.token)；跟进 \(report.notes) 条，附件 \(report.files) 个，审计记录 \(report.entries) 条。"
                    )
                )
            }
        }
    }

    private func erase(user email: String) async throws {
        try await data.withWorkspace { workspace in
            let report = try await workspace.privacy.eraseUser(
                try await UserCommand.find(email, in: workspace).id,
                confirmation: confirm ?? "",
                reason: reason,
                as: OpenWorkspace.operatorActor
            )
            if data.json { return Console.json { report.write(to: &$0) } }
            Console.say(
                Label(
                    "Erased: \(report.token); \(report.entries) audit entries.",
                    zh: "已抹除：\(report.token)；审计记录 \(report.entries) 条。"
                )
            )
        }
    }

    private func show(_ preview: ErasurePreview) {
        if data.json {
            Console.json { json in
                json.object { json in
                    json.member("confirm", preview.name)
                    json.member("notes", preview.notes)
                    json.member("audit_entries", preview.entries)
                    json.member("files", preview.files)
                }
            }
            return
        }
        let fields = preview.fields.map { $0.text(Console.language) }.joined(separator: ", ")
        Console.say(Label("Fields: \(fields)", zh: "将清空的字段：\(fields)"))
        Console.say(
            Label(
                "\(preview.notes) notes, \(preview.files) files, \(preview.entries) audit entries. To do it: --confirm \"\(preview.name)\"",
                zh:
                    "跟进 \(preview.notes) 条，附件 \(preview.files) 个，审计记录 \(preview.entries) 条。执行请加 --confirm \"\(preview.name)\""
            )
        )
    }
}

struct HeldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "held",
        abstract: Label("Writes all that is held of a person.", zh: "导出系统中有关某个人的全部信息。").text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @Argument(help: ArgumentHelp(Label("Object, such as contacts.", zh: "对象，例如 contacts。").text(Console.language)))
    var object: String?
    @Argument(help: ArgumentHelp(Label("Id of the record.", zh: "记录编号。").text(Console.language)))
    var id: String?
    @Option(
        help: ArgumentHelp(
            Label("E-mail address of a user, in place of a record.", zh: "成员邮箱（代替记录）。").text(Console.language)
        )
    )
    var user: String?
    @Option(help: ArgumentHelp(Label("json, html or zip.", zh: "json、html 或 zip。").text(Console.language)))
    var format = "json"
    @Option(
        help: ArgumentHelp(Label("File to write; else standard output.", zh: "输出文件，默认标准输出。").text(Console.language))
    )
    var output: String?

    func validate() throws {
        guard HeldFormat(rawValue: format) != nil else {
            throw ValidationError(
                Label("--format is json, html or zip.", zh: "--format 只能是 json、html 或 zip。").text(Console.language)
            )
        }
        guard (user != nil) != (object != nil && id != nil) else {
            throw ValidationError(
                Label("Name OBJECT and ID, or --user EMAIL.", zh: "请指定对象和编号，或 --user 邮箱。").text(Console.language)
            )
        }
    }

    func run() async throws {
        try await data.withWorkspace { workspace in
            let subject: HeldSubject
            if let user {
                subject = .user(try await UserCommand.find(user, in: workspace).id)
            } else {
                guard let record = id.flatMap({ RecordID($0) }) else { throw Problem.notFound }
                subject = .record(object ?? "", record)
            }
            var actor = OpenWorkspace.operatorActor
            actor.language = Console.language
            let reader = actor
            try await workspace.privacy.mayGiveOut(subject, by: reader)
            let file = try target()
            defer { try? file.close() }
            let form = HeldFormat(rawValue: format) ?? .json
            try await workspace.privacy.writeHeld(of: subject, as: form, by: reader) { bytes in
                try file.write(contentsOf: Data(bytes))
            }
        }
    }

    private func target() throws -> FileHandle {
        guard let output else { return .standardOutput }
        guard
            FileManager.default.createFile(atPath: output, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: output)
        else {
            throw Problem(
                .unavailable,
                "file_unwritable",
                Label("\(output) cannot be written.", zh: "无法写入 \(output)。")
            )
        }
        return file
    }
}
