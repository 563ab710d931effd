import ArgumentParser
import Exchange
import Foundation
import Identity
import Records
import Schema
import Values

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: Label(
            "Imports a file: CSV, XLSX, vCard or JSON Lines. «import undo ID» takes an import back.",
            zh: "导入文件：CSV、XLSX、vCard 或 JSON Lines。“import undo 编号”撤销一次导入。"
        ).text(Console.language)
    )
    @OptionGroup var data: DataOptions

    @Argument(help: ArgumentHelp(Label("Object, such as customer.", zh: "对象，例如 customer。").text(Console.language)))
    var object: String

    @Argument(help: ArgumentHelp(Label("File.", zh: "文件。").text(Console.language)))
    var file: String

    @Option(
        help: ArgumentHelp(
            Label("JSON file with the mapping of columns.", zh: "字段对应关系文件（JSON）。").text(Console.language)
        )
    )
    var map: String?

    @Option(help: ArgumentHelp(Label("Sheet of a workbook.", zh: "工作表名称。").text(Console.language)))
    var sheet: String?

    @Option(
        help: ArgumentHelp(
            Label("Number of the row that names the columns.", zh: "表头所在行号。").text(Console.language)
        )
    )
    var heading: Int?

    @Option(
        help: ArgumentHelp(
            Label(
                "Encoding of a CSV: UTF-8, GB18030, UTF-16LE or UTF-16BE. Found out where it is not said.",
                zh: "CSV 的编码：UTF-8、GB18030、UTF-16LE 或 UTF-16BE，默认自动识别。"
            ).text(Console.language)
        )
    )
    var encoding: String?

    @Option(
        help: ArgumentHelp(
            Label(
                "Separator of a CSV: comma, semicolon, tab or pipe. Found out where it is not said.",
                zh: "CSV 的分隔符：comma 逗号、semicolon 分号、tab 制表符、pipe 竖线，默认自动识别。"
            ).text(Console.language)
        )
    )
    var separator: String?

    @Option(
        help: ArgumentHelp(
            Label(
                "Quotation marks of a CSV: double, single or none. Found out where it is not said.",
                zh: "CSV 的文本引号：double 双引号、single 单引号、none 无，默认自动识别。"
            ).text(Console.language)
        )
    )
    var quote: String?

    @Flag(
        help: ArgumentHelp(
            Label(
                "Import nothing; write the proposed mapping as JSON, for --map.",
                zh: "不导入，仅输出建议的字段对应关系（JSON，可改后用于 --map）。"
            ).text(Console.language)
        )
    )
    var propose = false

    @Option(help: ArgumentHelp(Label("Fields that find records: a,b.", zh: "判重字段，用逗号隔开。").text(Console.language)))
    var match: String?

    @Option(
        help: ArgumentHelp(
            Label("create, update, upsert or fill.", zh: "create、update、upsert 或 fill。").text(Console.language)
        )
    )
    var mode: String?

    @Option(
        help: ArgumentHelp(
            Label(
                "Rows that are likely the same as a record: skip, update or flag.",
                zh: "疑似重复的行：skip 跳过、update 更新、flag 照常导入并列出。"
            ).text(Console.language)
        )
    )
    var duplicates: String?

    @Flag(help: ArgumentHelp(Label("Only say what would be.", zh: "试运行，不写入。").text(Console.language)))
    var dryRun = false

    @Option(help: ArgumentHelp(Label("Write the rows that failed here.", zh: "将失败行写入该文件。").text(Console.language)))
    var errors: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(Label("E-mail of whose records they become.", zh: "以该用户（邮箱）的身份导入。").text(Console.language))
    )
    var person: String?

    func validate() throws {
        if let mode, ImportMode(rawValue: mode) == nil {
            throw ValidationError(
                Label("The mode is create, update, upsert or fill.", zh: "mode 只能是 create、update、upsert 或 fill。")
                    .text(Console.language)
            )
        }
        if let duplicates, DuplicateHandling(rawValue: duplicates) == nil {
            throw ValidationError(
                Label("«duplicates» must be skip, update or flag.", zh: "duplicates 只能是 skip、update 或 flag。")
                    .text(Console.language)
            )
        }
        do {
            _ = try reading()
        } catch let problem as Problem {
            throw ValidationError(problem.fields.map { $0.message.text(Console.language) }.joined(separator: " "))
        }
    }

    /// How a text table is written, as far as it was said.
    private func reading() throws -> CSVReading { try CSVReading(words: encoding, separator, quote) }

    func run() async throws {
        try await data.withWorkspace { workspace in
            let imports = workspace.imports
            let actor = try await actor(workspace)
            if object == "undo" { return try await undo(workspace, as: actor) }
            let request = try request(workspace)
            if propose { return try await propose(request, imports, actor) }
            let id = try await imports.start(request, as: actor)
            let status = try await imports.run(id, as: actor) { status in
                guard Console.isTerminal, !data.json else { return }
                let percent = Int(status.progress * 100)
                Console.note("\r\(percent) %  \(status.counts.total)")
            }
            if Console.isTerminal, !data.json { Console.note("\n") }
            if let errors, let path = try await imports.errorsFile(id, as: actor) {
                try? FileManager.default.removeItem(atPath: errors)
                try FileManager.default.copyItem(atPath: path, toPath: errors)
            }
            try await report(status, workspace, actor)
        }
    }

    /// The mapping goes to the standard output, what is to be looked at to the other one.
    private func propose(_ request: ImportRequest, _ imports: Imports, _ actor: Actor) async throws {
        let preview = try await imports.preview(
            request.file,
            object: request.object,
            sheet: request.sheet,
            heading: request.heading,
            reading: request.reading,
            as: actor
        )
        Console.json { preview.mapping.write(to: &$0, notesIn: Console.language) }
        for question in preview.questions { Console.complain(question.problem.message.text(Console.language)) }
        for (index, values) in preview.values.sorted(by: { $0.key < $1.key }) where !values.open.isEmpty {
            let (header, texts) = (preview.headers[index], values.open.map(\.text))
            Console.complain(
                Label(
                    "«\(header)»: nothing fits \(texts.joined(separator: ", ")).",
                    zh: "“\(header)”列的这些取值没有对应选项：\(texts.joined(separator: "、"))。"
                ).text(Console.language)
            )
        }
    }

    private func undo(_ workspace: OpenWorkspace, as actor: Actor) async throws {
        guard let id = RecordID(file) else { throw Problem.notFound }
        let imports = workspace.imports
        try await imports.startUndo(id, as: actor)
        let undo = try await imports.runUndo(id, as: actor)
        if data.json { return Console.json { undo.write(to: &$0, language: Console.language) } }
        Console.say(
            Label(
                "\(undo.deleted) moved to the recycle bin, \(undo.restored) restored, \(undo.spared) left as they are.",
                zh: "\(undo.deleted) 条移入回收站，\(undo.restored) 条恢复原值，\(undo.spared) 条保持不变。"
            )
        )
        for spared in try await imports.spared(id, as: actor, limit: 20) {
            Console.complain("\(spared.id): \(spared.reason)")
        }
    }

    private func actor(_ workspace: OpenWorkspace) async throws -> Actor {
        guard let person else { return OpenWorkspace.operatorActor }
        let user = try await UserCommand.find(person, in: workspace)
        guard let actor = try await workspace.identities.actor(for: user.id) else {
            throw Problem(
                .conflict,
                "user_disabled",
                Label("«\(person)» may not log in.", zh: "“\(person)”的账号未启用。")
            )
        }
        return actor.acting(from: .command)
    }

    private func request(_ workspace: OpenWorkspace) throws -> ImportRequest {
        guard FileManager.default.fileExists(atPath: file) else { throw ImportCommand.missing(file) }
        let key = try SchemaChanging.object(object, workspace).key
        var request = ImportRequest(file: file, object: key)
        if let map {
            guard let bytes = FileManager.default.contents(atPath: map) else { throw ImportCommand.missing(map) }
            request.mapping = try ImportMapping(JSONReader.parse(Array(bytes)))
        }
        (request.sheet, request.heading, request.reading) = try (sheet, heading, reading())
        request.match = match?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        let preset: ImportMode = request.match.isEmpty ? .create : .upsert
        request.mode = mode.flatMap(ImportMode.init(rawValue:)) ?? preset
        request.duplicates = duplicates.flatMap(DuplicateHandling.init(rawValue:))
        request.isDryRun = dryRun
        return request
    }

    private static func missing(_ file: String) -> Problem {
        Problem(.notFound, "no_file", Label("There is no file «\(file)».", zh: "没有文件“\(file)”。"))
    }

    private func report(_ status: ImportStatus, _ workspace: OpenWorkspace, _ actor: Actor) async throws {
        let counts = status.counts
        if data.json {
            Console.json { status.write(to: &$0, language: Console.language) }
        } else {
            let trial = status.isDryRun
            Console.say(Label("Import \(status.id)", zh: "导入编号 \(status.id)"))
            Console.say(
                Label(
                    "\(trial ? "Would be: " : "")\(counts.created) created, \(counts.updated) updated, "
                        + "\(counts.skipped) skipped, \(counts.failed) failed.",
                    zh: "\(trial ? "试运行：" : "")新建 \(counts.created)，更新 \(counts.updated)，"
                        + "跳过 \(counts.skipped)，失败 \(counts.failed)。"
                )
            )
            for reason in try await workspace.imports.reasons(status.id, as: actor, limit: 10) {
                Console.complain(reason)
            }
        }
        if let message = status.message { Console.complain(message) }
        // Programs that call this must learn that rows were not taken.
        if status.state != .done || counts.failed > 0 { throw ExitCode(1) }
    }
}
