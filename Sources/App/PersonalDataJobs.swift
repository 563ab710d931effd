import Files
import Jobs
import Privacy
import Values

extension Maintenance {
    /// The recurring jobs of files and of personal data.
    static func kinds(_ files: Files, _ privacy: Privacy) -> [JobKind] {
        [
            JobKind(
                "files.clear",
                label: Label("Clear away deleted files", zh: "清理已删除的文件"),
                schedule: .every(seconds: 3600)
            ) { _ in
                let removed = try await files.clear()
                return .done(removed == 0 ? nil : "\(removed)")
            },
            JobKind(
                "privacy.retention",
                label: Label("Apply the rules how long records are kept", zh: "执行数据保留规则"),
                schedule: .daily(hour: 2, minute: 20)
            ) { _ in
                let count = try await privacy.runRetention()
                try await privacy.tidySearch()
                return .done(count == 0 ? nil : "\(count)")
            },
        ]
    }
}
