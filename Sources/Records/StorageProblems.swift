public import Database
public import Values

extension Problem {
    /// What the storage refused, in words.
    public init(_ failure: StorageFailure) {
        if failure.isFull {
            self.init(
                .unavailable,
                "disk_full",
                Label("The disk is full. Nothing was written.", zh: "磁盘已满，数据未写入。请清理磁盘空间后重试。")
            )
        } else if failure.isReadOnly {
            self.init(
                .unavailable,
                "read_only",
                Label("The database cannot be written at present.", zh: "数据库当前只读，无法写入。")
            )
        } else if failure.isDamage {
            self.init(
                .unavailable,
                "database_damaged",
                Label(
                    "The database is damaged. Stop the server and restore the last backup: kehu restore FILE --replace.",
                    zh: "数据库已损坏。请停止服务并恢复最近的备份：kehu restore 文件 --replace。"
                )
            )
        } else if failure.isDisk {
            self.init(
                .unavailable,
                "disk_error",
                Label(
                    "The disk refused to read or write. Nothing was written. Look at the disk and its free space.",
                    zh: "磁盘读写失败，数据未写入，请检查磁盘及剩余空间。"
                )
            )
        } else if failure.isUnknown {
            self.init(
                .unavailable,
                "outcome_unknown",
                Label(
                    "The database was lost while it stored this. Look whether it is there before you try again.",
                    zh: "保存时与数据库失去连接，结果不明。请先查看数据是否已保存，再决定是否重试。"
                )
            )
        } else if failure.isUnkeepable {
            self = .invalidText
        } else if failure.isBusy {
            self = .databaseBusy
        } else if failure.isLost {
            self = .databaseLost
        } else {
            self.init(
                .failure,
                "storage",
                Label("The database refused this: \(failure.message).", zh: "数据库拒绝了该操作：\(failure.message)。")
            )
        }
    }

    private static let invalidText = Problem(
        .malformed,
        "invalid_text",
        Label(
            "A text holds a character that cannot be stored. Remove control characters.",
            zh: "文本中含有无法保存的字符，请去掉控制字符。"
        )
    )
    private static let databaseBusy = Problem(
        .unavailable,
        "database_busy",
        Label(
            "All connections to the database are in use, and none became free. Nothing was written. Try again in a moment.",
            zh: "数据库连接已全部占用，等待超时，数据未写入，请稍后重试。"
        ),
        retryAfter: 5
    )
    private static let databaseLost = Problem(
        .unavailable,
        "database_lost",
        Label(
            "The database does not answer. Nothing was written. Try again in a moment.",
            zh: "数据库暂时无法连接，数据未写入，请稍后重试。"
        ),
        retryAfter: 2
    )
}
