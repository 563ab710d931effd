import ArgumentParser
import Exchange
import Files
import Foundation
import Identity
import Records
import Schema
import Values

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: Label("Writes records as CSV, XLSX, JSON Lines or vCard.", zh: "导出为 CSV、XLSX、JSON Lines 或 vCard。")
            .text(Console.language)
    )
    @OptionGroup var data: DataOptions

    @Argument(help: ArgumentHelp(Label("Object, such as customer.", zh: "对象，例如 customer。").text(Console.language)))
    var object: String

    @Option(help: ArgumentHelp(Label("Expression that chooses records.", zh: "筛选表达式。").text(Console.language)))
    var filter: String?

    @Option(help: ArgumentHelp(Label("Fields: a,b,c.", zh: "字段，用逗号隔开。").text(Console.language)))
    var fields: String?

    @Option(help: ArgumentHelp(Label("Order: name,-created_at.", zh: "排序，例如 name,-created_at。").text(Console.language)))
    var sort: String?

    @Option(
        help: ArgumentHelp(
            Label(
                "csv, csv-raw, xlsx, xlsx-raw, jsonl, vcf (vCard 3.0), vcf-4 (vCard 4.0) or zip.",
                zh: "csv、csv-raw、xlsx、xlsx-raw、jsonl、vcf（vCard 3.0）、vcf-4（vCard 4.0）或 zip。"
            ).text(Console.language)
        )
    )
    var format = "csv"

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(Label("File; else standard output.", zh: "输出文件，默认标准输出。").text(Console.language))
    )
    var output: String?

    func validate() throws { try Usage.check { _ = try ExportFormat(name: format) } }

    func run() async throws {
        let format = try ExportFormat(name: format)
        var query = ListQuery()
        query.filter = filter
        query.fields = ExportCommand.list(fields)
        query.sort = ExportCommand.list(sort) ?? []
        let asked = query
        try await data.withWorkspace { workspace in
            var actor = OpenWorkspace.operatorActor
            actor.language = Console.language
            actor.timeZone = workspace.engine.schema.timeZone
            let object = try SchemaChanging.object(object, workspace).key
            // What is not valid is said before a file is made.
            try await Export.check(workspace.engine, object: object, query: asked, format: format, as: actor)
            let file = try target()
            let count = try await Export.write(
                workspace.engine,
                object: object,
                query: asked,
                format: format,
                as: actor,
                store: workspace.files.store
            ) { bytes in try file.write(contentsOf: Data(bytes)) }
            if output != nil {
                try file.close()
                Console.say(Label("\(count) records written.", zh: "已导出 \(count) 条记录。"))
            }
        }
    }

    private func target() throws -> FileHandle {
        guard let output else { return .standardOutput }
        guard FileManager.default.createFile(atPath: output, contents: nil),
            let file = FileHandle(forWritingAtPath: output)
        else {
            throw Problem(
                .unavailable,
                "unwritable",
                Label("The file «\(output)» cannot be written.", zh: "无法写入文件“\(output)”。")
            )
        }
        return file
    }

    private static func list(_ text: String?) -> [String]? {
        text.map { text in text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
    }
}
