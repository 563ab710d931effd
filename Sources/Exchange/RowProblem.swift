import Database
import Foundation
import Records
import Schema
import Values

/// What is wrong with a row, in words.
enum RowProblem {
    /// The problem of a row; throws what is not the row's fault and stops the import.
    static func problem(_ error: any Error) throws -> Problem {
        switch error {
        case let problem as Problem:
            if [.failure, .unavailable, .tooMany, .unauthenticated].contains(problem.kind) { throw problem }
            return problem
        case let field as FieldProblem: return Problem.invalid([field])
        case let failure as StorageFailure:
            // A constraint is about the row; anything else, such as a full disk, is not.
            guard failure.code & 0xFF == 19 else { throw failure }
            return Problem(
                .conflict,
                "storage",
                Label("The database refused this: \(failure.message).", zh: "数据库拒绝了该内容：\(failure.message)。")
            )
        default: throw error
        }
    }

    /// One line per row: field and message, field and message.
    static func text(_ problem: Problem, _ object: ObjectDefinition, _ language: Language) -> String {
        guard !problem.fields.isEmpty else { return problem.message.text(language) }
        let lines = problem.fields.map { field -> String in
            let key = String(field.field.prefix { $0 != "." })
            let message = field.message.text(language)
            guard let label = object.field(key)?.label.text(language), !message.contains(label) else { return message }
            return label + (language == .zh ? "：" : ": ") + message
        }
        return lines.joined(separator: language == .zh ? "；" : "; ")
    }

    static let noMatch = Problem(
        .notFound,
        "no_match",
        Label("No record matches this row, or you may not see it.", zh: "没有与该行匹配的记录，或者您无权查看。")
    )

    /// The record that should be changed is a colleague's.
    static func hidden(_ like: LikeRecord) -> Problem {
        let owner = like.owner ?? ""
        return Problem(
            .conflict,
            "duplicate",
            owner.isEmpty
                ? Label("A record that you may not see is likely the same.", zh: "已有一条您无权查看的相同记录。")
                : Label("A record of \(owner) is likely the same.", zh: "\(owner) 名下已有一条相同的记录。")
        )
    }

    static func several(_ likes: [LikeRecord]) -> Problem {
        Problem(
            .conflict,
            "ambiguous",
            Label("Several records are likely the same as this row.", zh: "有多条记录与该行相似，无法确定更新哪一条。")
        )
    }

    static func notFound(_ reference: RowInput.Reference) -> FieldProblem {
        let shown = String(reference.text.prefix(60))
        return FieldProblem(
            reference.field,
            "unknown_link",
            Label("«\(shown)» is not found.", zh: "找不到“\(shown)”。")
        )
    }

    /// What the database would say of a value that another row of a trial has.
    static func notUnique(_ field: FieldDefinition) -> Problem {
        Problem(
            .conflict,
            "not_unique",
            Label("Another record has the same «\(field.label.en)».", zh: "已有其他记录使用相同的“\(field.label.zh)”。"),
            fields: [
                FieldProblem(
                    field.key,
                    "not_unique",
                    Label("Another record has this value.", zh: "该值已被其他记录使用。")
                )
            ]
        )
    }

    /// An attachment that is neither in the file that was brought nor an upload.
    static func noFile(_ name: String) -> Problem {
        let shown = String(name.prefix(60))
        return .invalid(
            ArchiveWriter.attachments,
            "no_such_file",
            Label(
                "There is no file «\(shown)»: files come in one ZIP with the table.",
                zh: "没有文件“\(shown)”，附件需与表格一起打包为 ZIP。"
            )
        )
    }

    static func ambiguous(_ reference: RowInput.Reference) -> FieldProblem {
        let shown = String(reference.text.prefix(60))
        return FieldProblem(
            reference.field,
            "ambiguous",
            Label(
                "There are several «\(shown)». Give an id or another unique value.",
                zh: "有多条“\(shown)”，请改用编号或其他唯一字段。"
            )
        )
    }
}

/// The file of rows with errors: the original columns and the error, to be corrected and imported again.
struct ErrorsFile: Sendable {
    let path: String
    let format: ImportFormat
    /// Whether apostrophes before formulas belong to the text of this file.
    let isRaw: Bool

    /// The header of the column with the error.
    static let label = Label("Error", zh: "错误原因")
    /// The member with the error in JSON Lines.
    static let member = "_error"

    /// Appends rows behind the first `length` bytes, which are those of finished batches; the answer is the new
    /// length. What a crash left behind them is cut off.
    func append(
        _ failures: [(row: ImportRow, text: String)],
        after length: Int64,
        headers: [String],
        language: Language
    ) throws -> Int64 {
        if failures.isEmpty { return length }
        let bytes = bytes(failures, isFirst: length == 0, headers, language)
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil) else { throw unwritable }
        }
        guard let file = FileHandle(forUpdatingAtPath: path) else { throw unwritable }
        defer { try? file.close() }
        try file.truncate(atOffset: UInt64(length))
        try file.seek(toOffset: UInt64(length))
        try file.write(contentsOf: Data(bytes))
        return length + Int64(bytes.count)
    }

    private func bytes(
        _ failures: [(row: ImportRow, text: String)],
        isFirst: Bool,
        _ headers: [String],
        _ language: Language
    ) -> [UInt8] {
        if case .jsonLines = format { return lines(failures) }
        var writer = CSVWriter(isRaw ? .raw : .safe, separator: format.table.separator, mark: isFirst)
        let column = headers.firstIndex { ErrorsFile.label.en == $0 || ErrorsFile.label.zh == $0 }
        if isFirst { writer.row(column == nil ? headers + [ErrorsFile.label.text(language)] : headers) }
        for (row, text) in failures {
            guard case .cells(var cells) = row.content else { continue }
            let reason = (language == .zh ? "第 \(row.number) 行：" : "Row \(row.number): ") + text
            while cells.count < headers.count { cells.append("") }
            if let column {
                // The file is itself a corrected errors file: its column is used again.
                cells[column] = reason
            } else {
                // Surplus cells stand behind, so that none is lost and the reason is in its column.
                cells.insert(reason, at: headers.count)
            }
            for cell in cells {
                // The file will be opened in a spreadsheet; a number with a minus is no formula.
                let text = isRaw ? cell : CSVWriter.withoutGuard(cell)
                writer.cell(text, isNumber: text.utf8.first == 0x2D && Double(text) != nil)
            }
            writer.endRow()
        }
        return writer.take()
    }

    private func lines(_ failures: [(row: ImportRow, text: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (row, text) in failures {
            guard case .object(let members, let original) = row.content else { continue }
            if row.fault == nil {
                var json = JSONWriter()
                let kept = members.filter { $0.key != ErrorsFile.member }
                json.value(.object(kept + [.init(key: ErrorsFile.member, value: .string(text))]))
                bytes += json.bytes
            } else {
                bytes += original.utf8
            }
            bytes.append(0x0A)
        }
        return bytes
    }

    private var unwritable: Problem {
        Problem(
            .unavailable,
            "unwritable",
            Label("The file «\(path)» cannot be written.", zh: "无法写入文件“\(path)”。")
        )
    }
}
