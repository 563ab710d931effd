public import Values

/// The words of the import.
public enum ImportTexts {
    /// The heading.
    public static func title(_ object: Label) -> Label {
        Label("Import \(object.en.lowercased())", zh: "导入\(object.zh)")
    }
    /// The steps of an import.
    public static let steps = [
        Label("File", zh: "选择文件"), Label("Match columns", zh: "匹配字段"), Label("Result", zh: "导入结果"),
    ]
    /// Names the steps for screen readers.
    public static let stepsLabel = Label("Steps", zh: "步骤")
    /// The file.
    public static let file = Label("File", zh: "文件")
    /// What a file may be.
    public static let fileHelp = Label(
        "Excel (XLSX), CSV in any usual encoding, vCard, JSON Lines, or a CSV with its files in a ZIP, up to 2 GB. A table needs a row of headings.",
        zh: "支持 Excel（XLSX）、各种编码的 CSV、vCard 名片、JSON Lines，以及打包了附件的 ZIP，最大 2 GB。表格须有表头。"
    )
    /// Into which object.
    public static let object = Label("Import into", zh: "导入到")
    /// Reads the file and shows the columns.
    public static let read = Label("Read file", zh: "上传并预览")
    /// A file with the right headings.
    public static let template = Label("Download an empty file with the right headings", zh: "下载导入模板")
    /// What to do with rows that exist.
    public static let mode = Label("Rows that exist already", zh: "遇到已有记录")
    /// Make and change.
    public static let upsert = Label("Change them, make new ones for the rest", zh: "更新已有，新建其余")
    /// Only make.
    public static let create = Label("Skip them, make only new ones", zh: "跳过已有，仅新建")
    /// Only change.
    public static let update = Label("Change them, make no new ones", zh: "仅更新已有")
    /// Only fill.
    public static let fill = Label("Fill only what is empty, make no new ones", zh: "仅补全已有记录的空白字段")
    /// Which sheet of a workbook.
    public static let sheet = Label("Sheet", zh: "工作表")
    /// Which row names the columns.
    public static let heading = Label("Row with the headings", zh: "表头所在行")
    /// What that means.
    public static let headingHelp = Label("Rows above it are left out.", zh: "该行以上的内容不导入。")
    /// How a text table is written.
    public static let reading = Label("How the file is read", zh: "文件读取方式")
    /// How characters are bytes.
    public static let encoding = Label("Encoding", zh: "文件编码")
    /// What stands between cells.
    public static let separator = Label("Separator", zh: "分隔符")
    /// What cells stand in.
    public static let quote = Label("Quotation marks", zh: "文本引号")
    /// The program found out itself how it is.
    public static func detected(_ found: Label) -> Label {
        Label("As detected: \(found.en)", zh: "自动识别：\(found.zh)")
    }
    /// When to change it.
    public static let readingHelp = Label(
        "Change this only when the values below look wrong. Columns are matched anew.",
        zh: "下方数据出现乱码或错列时再调整，调整后会重新匹配字段。"
    )
    /// Reads the file anew with these.
    public static let takePlace = Label("Read again", zh: "重新读取")
    /// Shows the values of the columns as they are matched now.
    public static let look = Label("Show the values of the columns", zh: "查看各列取值")
    /// How many values a column has.
    public static func values(_ count: Int, _ open: Int) -> Label {
        open == 0
            ? Label("\(count) values", zh: "共 \(count) 种取值")
            : Label("\(count) values, \(open) to look at", zh: "共 \(count) 种取值，\(open) 种待确认")
    }
    /// What a value becomes, for screen readers.
    public static func valueOf(_ text: String) -> Label { Label("Meaning of “\(text)”", zh: "“\(text)”对应的选项") }
    /// Nothing fits, or only by likeness.
    public static let lookAtIt = Label("please check", zh: "请确认")
    /// Nothing was chosen: the field reads it or complains.
    public static let asItIs = Label("As it is: an error where nothing fits", zh: "不处理（无匹配时该行报错）")
    /// The same for who made a record elsewhere.
    public static let emptyWhereNone = Label("As it is: empty where nobody fits", zh: "不处理（无匹配时留空）")
    /// The cell counts as empty.
    public static let leaveEmpty = Label("Leave empty", zh: "留空")
    /// Makes a choice of it.
    public static func addChoice(_ text: String) -> Label { Label("New choice “\(text)”", zh: "新增选项“\(text)”") }
    /// Makes a choice of it.
    public static let addAsChoice = Label("Add as a new choice", zh: "新增为选项")
    /// The order of the numbers of dates.
    public static let dates = Label("How are the dates written?", zh: "日期格式")
    /// Which mark stands before decimals.
    public static let decimals = Label("How are the numbers written?", zh: "数字格式")
    /// Nothing chosen yet.
    public static let choose = Label("Please choose", zh: "请选择")
    /// As the last time.
    public static func earlier(_ name: String, _ day: String) -> Label {
        Label("Matched as in the import of \(day) by \(name).", zh: "已沿用 \(name) 于 \(day) 导入时的设置。")
    }
    /// Another system wrote the file.
    public static func system(_ system: Label) -> Label {
        Label("This looks like an export of \(system.en).", zh: "已识别为\(system.zh)的导出文件。")
    }
    /// Rows that are likely the same as a record, by the rules of duplicates.
    public static let likely = Label("Rows like an existing record", zh: "疑似重复的行")
    /// Takes no notice of them.
    public static let likelyIgnored = Label("Do not look for them", zh: "不检查")
    /// Makes the record and lists the row.
    public static let likelyFlag = Label("Import and list them", zh: "照常导入并列出")
    /// Leaves the row out.
    public static let likelySkip = Label("Leave them out", zh: "跳过")
    /// Changes the record.
    public static let likelyUpdate = Label("Change the record", zh: "更新已有记录")
    /// The rows that were likely the same.
    public static func likelyRows(_ count: Int64) -> Label {
        Label("Rows like an existing record: \(Format.number(count))", zh: "疑似重复的行：\(Format.number(count))")
    }
    /// What was done with such a row.
    public static func likelyOutcome(_ outcome: String) -> Label {
        switch outcome {
        case "skipped": Label("left out", zh: "已跳过")
        case "updated": Label("record changed", zh: "已更新")
        default: Label("imported", zh: "已导入")
        }
    }
    /// What tells that two rows are the same record.
    public static let match = Label("Recognise them by", zh: "判重字段")
    /// No rule.
    public static let noMatch = Label("Nothing: every row is new", zh: "不判重，全部新建")
    /// A column of the file.
    public static let column = Label("Column of the file", zh: "文件列")
    /// The first values of a column.
    public static let sample = Label("First values", zh: "示例数据")
    /// The field that a column goes into.
    public static let target = Label("Goes into", zh: "对应字段")
    /// A column that is left out.
    public static let skip = Label("Leave out", zh: "不导入")
    /// A column's field, for screen readers.
    public static func targetOf(_ column: String) -> Label { Label("Field for “\(column)”", zh: "“\(column)”对应的字段") }
    /// The program proposed the field.
    public static let proposed = Label("recognised", zh: "自动识别")
    /// How many rows there are.
    public static func rows(_ count: Int, _ file: String) -> Label {
        Label("\(file): \(Format.number(count)) rows", zh: "\(file)，共 \(Format.number(count)) 行")
    }
    /// The first rows of the file.
    public static let preview = Label("First rows", zh: "数据预览")
    /// Tries without writing.
    public static let dryRun = Label("Try without writing", zh: "试运行（不写入）")
    /// Begins.
    public static func start(_ count: Int) -> Label {
        Label("Import \(Format.number(count)) rows", zh: "导入 \(Format.number(count)) 行")
    }
    /// Another file.
    public static let otherFile = Label("Another file", zh: "重新选择文件")
    /// It still runs.
    public static let running = Label("The import is running", zh: "正在导入")
    /// It has ended.
    public static let finished = Label("Import finished", zh: "导入完成")
    /// A trial has ended.
    public static let tried = Label("Trial finished: nothing was written", zh: "试运行完成，未写入任何数据")
    /// It has failed.
    public static let failed = Label("The import stopped", zh: "导入中断")
    /// Look again.
    public static let refresh = Label("Look again", zh: "刷新进度")
    /// How far it is.
    public static func progress(_ done: Int, _ total: Int) -> Label {
        Label(
            "\(Format.number(done)) of \(Format.number(total)) rows",
            zh: "已处理 \(Format.number(done)) / \(Format.number(total)) 行"
        )
    }
    /// New records.
    public static let created = Label("Created", zh: "新建")
    /// Changed records.
    public static let updated = Label("Changed", zh: "更新")
    /// Rows without effect.
    public static let skipped = Label("Skipped", zh: "跳过")
    /// Rows that were not taken.
    public static let rejected = Label("Failed", zh: "失败")
    /// The rows that were not taken.
    public static let errors = Label("Rows with errors", zh: "失败明细")
    /// The number of a row.
    public static let row = Label("Row", zh: "行号")
    /// What is wrong with a row.
    public static let problem = Label("What is wrong", zh: "原因")
    /// The value in question.
    public static let value = Label("Value", zh: "内容")
    /// The field in question.
    public static let field = Label("Field", zh: "字段")
    /// A file of the rows that failed.
    public static let errorFile = Label("Download the failed rows", zh: "下载失败行")
    /// What to do with it.
    public static let errorFileHelp = Label(
        "Correct them in that file and import it again.",
        zh: "在文件中改正后可直接再次导入。"
    )
    /// Shows the records.
    public static let show = Label("Show the records", zh: "查看记录")
    /// Takes the import back.
    public static let undo = Label("Undo this import", zh: "撤销本次导入")
    /// Asked before.
    public static let confirmUndo = Label(
        "Remove what this import made and restore what it changed?",
        zh: "将删除本次新建的记录并还原被更新的内容，确定撤销？"
    )
    /// It is being taken back.
    public static let undoing = Label("The import is being taken back", zh: "正在撤销导入")
    /// It was taken back.
    public static let undone = Label("Taken back", zh: "已撤销")
    /// What taking back has done.
    public static func undoCounts(_ deleted: Int64, _ restored: Int64, _ spared: Int64) -> Label {
        Label(
            "\(Format.number(deleted)) moved to the recycle bin, \(Format.number(restored)) restored, \(Format.number(spared)) left as they are.",
            zh: "\(Format.number(deleted)) 条移入回收站，\(Format.number(restored)) 条恢复原值，\(Format.number(spared)) 条保持不变。"
        )
    }
    /// What was left.
    public static let spared = Label("Left as they are", zh: "未撤销的记录")
    /// A record.
    public static let record = Label("Record", zh: "记录")
    /// Choose the form of a file.
    public static func export(_ objects: Label) -> Label {
        Label("Export \(objects.en.lowercased())", zh: "导出\(objects.zh)")
    }
    /// The form of a file.
    public static let format = Label("Format", zh: "文件格式")
    /// Only what the list shows.
    public static let exportFiltered = Label(
        "Only the records of the filtered list are exported.",
        zh: "仅导出当前筛选结果。"
    )
    /// Gets the file.
    public static let download = Label("Download", zh: "下载")
    /// All imports.
    public static let history = Label("Imports", zh: "导入记录")
    /// No import yet.
    public static let none = Label("No imports yet", zh: "还没有导入记录")
}
