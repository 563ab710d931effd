import CXLSXWriter
import Foundation
import Values

/// Writes a workbook of one sheet row by row, with bounded memory. The file is complete once `close` has answered.
final class WorkbookWriter {
    /// The longest text that a cell can hold.
    static let longestText = 32_767
    /// What stands at the end of a text that a cell could not hold whole; import refuses such cells.
    static let cutMark = "…[cut]"

    private let path: String
    private let folder: String
    private var book: UnsafeMutablePointer<lxw_workbook>?
    private let sheet: UnsafeMutablePointer<lxw_worksheet>
    private let form: CSVWriter.Form
    private let dayFormat: UnsafeMutablePointer<lxw_format>?
    private let headFormat: UnsafeMutablePointer<lxw_format>?
    private var row: UInt32 = 0
    private var column: UInt16 = 0

    /// Begins a workbook at a path; what is not written yet is in the same folder.
    init(_ path: String, _ form: CSVWriter.Form, sheet name: String) throws {
        self.path = path
        self.form = form
        folder = (path as NSString).deletingLastPathComponent
        var options = lxw_workbook_options()
        options.constant_memory = UInt8(LXW_TRUE.rawValue)
        let directory = strdup(folder)
        defer { free(directory) }
        options.tmpdir = UnsafeMutablePointer(mutating: directory)
        guard let book = workbook_new_opt(path, &options) else { throw WorkbookWriter.unwritable }
        guard let sheet = workbook_add_worksheet(book, WorkbookWriter.sheetName(name)) else {
            lxw_workbook_free(book)
            throw WorkbookWriter.unwritable
        }
        self.book = book
        self.sheet = sheet
        dayFormat = workbook_add_format(book)
        if let dayFormat { format_set_num_format(dayFormat, "yyyy-mm-dd") }
        headFormat = workbook_add_format(book)
        if let headFormat { format_set_bold(headFormat) }
        worksheet_freeze_panes(sheet, 1, 0)
    }

    deinit { if let book { lxw_workbook_free(book) } }

    /// At most 31 characters, and none of those that a sheet's name cannot have.
    private static func sheetName(_ name: String) -> String {
        let kept = String(name.filter { !"[]:*?/\\'".contains($0) }.prefix(31))
        return kept.isEmpty ? "Data" : kept
    }

    /// Writes the headings.
    func header(_ names: [String]) throws {
        for name in names { try text(name, headFormat) }
        try endRow()
    }

    /// Writes a cell. Numbers that a spreadsheet would round, and all other texts, are written as text.
    func cell(_ text: String, isNumber: Bool = false) throws {
        if isNumber, let value = Double(text), text.count(where: \.isNumber) <= 15 {
            try check(worksheet_write_number(sheet, row, column, value, nil))
            column += 1
        } else {
            try self.text(text, nil)
        }
    }

    /// Writes a day: as a date that a spreadsheet can reckon with, or as text for programs.
    func day(_ text: String) throws {
        guard form == .safe, let day = Day(text), day.daysSince1970 >= -25_508 else { return try cell(text) }
        try check(worksheet_write_number(sheet, row, column, Double(day.daysSince1970 + 25_569), dayFormat))
        column += 1
    }

    private func text(_ text: String, _ format: UnsafeMutablePointer<lxw_format>?) throws {
        defer { column += 1 }
        if text.isEmpty { return }
        let guarded = form == .safe && CSVWriter.needsGuard(text) ? "'" + text : text
        try check(worksheet_write_string(sheet, row, column, WorkbookWriter.written(guarded), format))
    }

    /// The text as a cell holds it: carriage returns as `_x000D_`, and what looks like that made harmless.
    private static func written(_ text: String) -> String {
        var text = text
        let bytes = Array(text.utf8)
        if bytes.contains(0x0D) || bytes.contains(0x5F) {
            var result: [UInt8] = []
            for index in bytes.indices {
                if bytes[index] == 0x0D {
                    result += "_x000D_".utf8
                } else if bytes[index] == 0x5F, SheetReader.escape(bytes, index) != nil {
                    result += "_x005F_".utf8
                } else {
                    result.append(bytes[index])
                }
            }
            text = String(decoding: result, as: UTF8.self)
        }
        guard text.utf16.count > longestText else { return text }
        // Whole characters only.
        var kept = text.prefix(longestText - cutMark.count)
        while kept.utf16.count > longestText - cutMark.utf16.count { kept.removeLast() }
        return kept + cutMark
    }

    /// Ends the row.
    func endRow() throws {
        row += 1
        column = 0
        guard row <= UInt32(SheetReader.lastRow) else {
            throw Problem(
                .tooLarge,
                "too_many_rows",
                Label(
                    "A sheet holds 1,048,576 rows. Narrow the filter, or export as CSV.",
                    zh: "一个工作表最多 1,048,576 行。请缩小筛选范围，或导出为 CSV。"
                )
            )
        }
    }

    /// Writes what is left and completes the file.
    func close() throws {
        guard let book else { return }
        self.book = nil
        try check(workbook_close(book))
    }

    private func check(_ error: lxw_error) throws {
        guard error == LXW_NO_ERROR else { throw WorkbookWriter.unwritable }
    }

    private static let unwritable = Problem(
        .unavailable,
        "unwritable",
        Label("The workbook cannot be written. The disk may be full.", zh: "无法写入表格文件，磁盘可能已满。")
    )
}
