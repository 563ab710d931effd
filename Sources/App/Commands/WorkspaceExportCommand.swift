import ArgumentParser
import Exchange
import Files
import Identity
import Records
import Schema
import Values

struct WorkspaceExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: Label(
            "Writes all records, attachments, people and the audit log of a workspace into a folder.",
            zh: "将工作区的全部记录、附件、成员和操作日志导出到文件夹。"
        ).text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @Argument(help: ArgumentHelp(Label("Name of the workspace.", zh: "工作区名称。").text(Console.language)))
    var name: String
    @Argument(help: ArgumentHelp(Label("A folder that does not exist yet.", zh: "输出文件夹（须不存在）。").text(Console.language)))
    var folder: String
    @Option(
        help: ArgumentHelp(
            Label(
                "zip (with attachments), csv, csv-raw, xlsx, xlsx-raw or jsonl.",
                zh: "zip（含附件）、csv、csv-raw、xlsx、xlsx-raw 或 jsonl。"
            ).text(Console.language)
        )
    )
    var format = "zip"

    func validate() throws {
        try Usage.check { _ = try ExportFormat(name: format) }
        guard format != "vcf", format != "vcf-4" else {
            throw ValidationError(
                Label("Cards hold people only; take another format.", zh: "名片格式只能存放联系人，请选择其他格式。").text(Console.language)
            )
        }
    }

    func run() async throws {
        let directory = try await data.directory()
        let workspace = try await OpenWorkspace(directory.choose(name), in: directory)
        defer { workspace.close() }
        var actor = OpenWorkspace.operatorActor
        actor.language = Console.language
        actor.timeZone = workspace.engine.schema.timeZone
        let export = WholeExport(workspace.engine, workspace.identities, store: workspace.files.store, as: actor)
        let parts = try await export.write(to: folder, format: ExportFormat(name: format))
        if data.json {
            return Console.json { json in
                json.object { json in
                    json.member("folder", folder)
                    json.key("files")
                    json.object { json in for part in parts { json.member(part.file, part.count) } }
                }
            }
        }
        let records = parts.filter { $0.object != nil }.reduce(0) { $0 + $1.count }
        Console.say(
            Label(
                "\(records) records of «\(name)» are in \(folder), and a list of its files in contents.json.",
                zh: "已将“\(name)”的 \(records) 条记录导出到 \(folder)，文件清单见 contents.json。"
            )
        )
    }
}
