public import Values

/// The form of an export.
public enum ExportFormat: Sendable, Equatable {
    /// CSV for spreadsheets (`safe`) or for programs (`raw`).
    case csv(CSVWriter.Form)
    /// A workbook (XLSX) for people (`safe`) or for programs (`raw`).
    case workbook(CSVWriter.Form)
    /// A JSON object per line, as the API shows records.
    case jsonLines
    /// Cards of persons: vCard 3.0, which every address book reads.
    case cards
    /// Cards of persons: vCard 4.0, for programs that want the newer version.
    case newCards
    /// A table for programs with the files of its records (ZIP).
    case archive

    /// All formats by their names, as they are offered.
    public static let all: [ExportFormat] = [
        .workbook(.safe), .csv(.safe), .archive, .workbook(.raw), .csv(.raw), .jsonLines, .cards, .newCards,
    ]

    /// Whether it holds cards, so only what has a phone or an e-mail.
    public var isCards: Bool { self == .cards || self == .newCards }

    /// The format of a name in the API and on the command line: `csv` (safe), `csv-raw`, `xlsx` (safe), `xlsx-raw`,
    /// `jsonl`, `vcf`, `vcf-4`, `zip`.
    public init(name: String) throws {
        let known = name == "csv-safe" ? .csv(.safe) : ExportFormat.all.first { $0.name == name }
        guard let known else {
            let names = ExportFormat.all.map(\.name)
            throw Problem.malformed(
                "unknown_format",
                Label(
                    "There is no format «\(name.prefix(20))»; take one of \(names.joined(separator: ", ")).",
                    zh: "没有这种格式，可选：\(names.joined(separator: "、"))。"
                )
            )
        }
        self = known
    }

    /// The type for `Content-Type`.
    public var contentType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .workbook: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case .jsonLines: "application/x-ndjson"
        case .cards, .newCards: "text/vcard; charset=utf-8"
        case .archive: "application/zip"
        }
    }

    /// The end of the file's name.
    public var suffix: String {
        switch self {
        case .csv: "csv"
        case .workbook: "xlsx"
        case .jsonLines: "jsonl"
        case .cards, .newCards: "vcf"
        case .archive: "zip"
        }
    }

    /// The name in the API and in the audit log.
    public var name: String {
        switch self {
        case .csv(.safe): "csv"
        case .csv(.raw): "csv-raw"
        case .workbook(.safe): "xlsx"
        case .workbook(.raw): "xlsx-raw"
        case .jsonLines: "jsonl"
        case .cards: "vcf"
        case .newCards: "vcf-4"
        case .archive: "zip"
        }
    }

    /// What people choose by.
    public var label: Label {
        switch self {
        case .csv(.safe): Label("CSV for spreadsheets", zh: "CSV（用表格软件打开）")
        case .csv(.raw): Label("CSV, raw", zh: "CSV 原始数据")
        case .workbook(.safe): Label("Excel workbook (XLSX)", zh: "Excel 表格（XLSX）")
        case .workbook(.raw): Label("Excel workbook (XLSX), raw", zh: "Excel 表格（XLSX）原始数据")
        case .jsonLines: Label("JSON Lines for programs", zh: "JSON Lines（供程序使用）")
        case .cards: Label("vCard 3.0", zh: "vCard 3.0 名片")
        case .newCards: Label("vCard 4.0", zh: "vCard 4.0 名片")
        case .archive: Label("With all files (ZIP)", zh: "连同附件打包（ZIP）")
        }
    }

    /// What it is good for.
    public var help: Label {
        switch self {
        case .csv(.safe), .workbook(.safe):
            Label(
                "To look at and to work with. Texts that a spreadsheet would run as a formula get an apostrophe in front; importing takes it off again.",
                zh: "适合查看和编辑。可能被当作公式执行的文字前会加上单引号，再次导入时自动去掉。"
            )
        case .csv(.raw), .workbook(.raw):
            Label(
                "To move data to another system: keys as headings, ids beside names, every text exactly as it is. Do not open files with contents you do not trust in a spreadsheet.",
                zh: "适合迁移到其他系统：列名为字段代码，附带编号，内容原样输出。内容来源不可信时请勿直接用表格软件打开。"
            )
        case .jsonLines: Label("For programs: a record per line, as in the API.", zh: "供程序使用：每行一条记录，格式与接口一致。")
        case .cards: Label("For address books of phones and mail programs.", zh: "可导入手机或邮箱的通讯录。")
        case .newCards:
            Label(
                "The newer version, for programs that ask for it. Many phones read only 3.0.",
                zh: "新版名片格式，仅在对方程序要求时选用，多数手机只支持 3.0。"
            )
        case .archive:
            Label(
                "To move everything: a raw CSV with all attachments and files beside it, which Kehu imports again as it is.",
                zh: "适合整体搬迁：CSV 原始数据连同全部附件打包，可直接再次导入。"
            )
        }
    }
}
