public import Values

/// The words of duplicates and merging.
public enum DuplicateTexts {
    /// The list of likely duplicates.
    public static let duplicates = Label("Duplicates", zh: "查重")
    /// The same with the object's name.
    public static func title(_ objects: Label) -> Label {
        Label("Duplicates among \(objects.en.lowercased())", zh: "\(objects.zh)查重")
    }
    /// What the list is.
    public static let intro = Label(
        "Records that are likely the same. Merge them, or say that they are different; what you say is remembered.",
        zh: "以下记录可能重复。可以合并，也可以标为“不重复”，以后不再提示。"
    )
    /// Nothing was found.
    public static let none = Label("No likely duplicates", zh: "没有疑似重复的记录")
    /// Nothing was found, and what to do.
    public static let noneText = Label("Search all records to be sure.", zh: "可以点击“全库查重”重新检查。")
    /// Searches all records.
    public static let search = Label("Search all records", zh: "全库查重")
    /// A search is at work.
    public static func running(_ seen: Int64, _ pairs: Int64) -> Label {
        Label("Searching: \(seen) keys looked at, \(pairs) pairs found.", zh: "正在查重：已检查 \(seen) 项，发现 \(pairs) 对。")
    }
    /// The last search.
    public static func last(_ pairs: Int64, _ left: Int64) -> Label {
        if left == 0 { return Label("The last search found \(pairs) pairs.", zh: "上次查重发现 \(pairs) 对。") }
        return Label(
            "The last search found \(pairs) pairs. Of \(left) values that more than 20,000 records share, only so many were compared.",
            zh: "上次查重发现 \(pairs) 对。有 \(left) 个值被超过 2 万条记录共用，只比对了其中 2 万条。"
        )
    }
    /// Not decided.
    public static let open = Label("Open", zh: "待处理")
    /// Decided: not the same.
    public static let different = Label("Different", zh: "不重复")
    /// Put off.
    public static let later = Label("Later", zh: "稍后处理")
    /// Says that records are not the same.
    public static let sayDifferent = Label("Not duplicates", zh: "标为不重复")
    /// Opens a decision again.
    public static let reopen = Label("Open again", zh: "重新处理")
    /// Merges two and more.
    public static let merge = Label("Merge", zh: "合并")
    /// Merges each chosen group into its oldest record.
    public static let mergeChosen = Label("Merge chosen groups", zh: "合并所选各组")
    /// Before many groups are merged.
    public static let mergeChosenAsk = Label(
        "Merge each chosen group into its oldest record? Merges can be undone.",
        zh: "将所选各组分别合并到最早的记录，可以撤销。确定合并吗？"
    )
    /// Beside a check box.
    public static func pick(_ name: String) -> Label { Label("Choose the group of \(name)", zh: "选择“\(name)”这一组") }
    /// The score.
    public static func score(_ points: Int) -> Label { Label("\(points) points", zh: "\(points) 分") }
    /// Above the warning in a form.
    public static let warning = Label("This may be a duplicate", zh: "可能已有相同的记录")
    /// A rule refuses the record.
    public static let blocked = Label(
        "By your workspace's rules there must be no second one. Change the existing record instead.",
        zh: "按照查重规则不能重复新建，请在已有记录上修改。"
    )
    /// What to do about a warning.
    public static let goOn = Label(
        "Look at the records first. Save again to make a new one all the same.",
        zh: "请先核对以下记录；如确认不是同一个，再次点击保存即可新建。"
    )
    /// A record that may not be seen.
    public static func masked(_ owner: String, _ team: String) -> Label {
        let who = [owner, team].filter { !$0.isEmpty }
        return who.isEmpty
            ? Label("A record that you may not see exists.", zh: "已有一条您无权查看的记录。")
            : Label(
                "A record of \(who.joined(separator: ", ")) exists.",
                zh: "已有一条记录，负责人：\(who.joined(separator: "，"))。"
            )
    }
    /// Whose record it is.
    public static func ownedBy(_ name: String) -> Label { Label("(\(name))", zh: "（负责人：\(name)）") }
    /// Records that are likely the same as those of another object.
    public static let crossTitle = Label("Already customers or contacts", zh: "可能已是客户或联系人")
    /// Converts a lead into what is there already.
    public static let convertInto = Label("Convert into the existing one", zh: "转化到已有记录")
    /// Before a lead is converted into something that is there already.
    public static let convertWarning = Label(
        "This lead may be a customer or contact already. Convert it into the existing one, or save again to make a new one.",
        zh: "该线索可能已是现有客户或联系人。建议转化到已有记录；如确需新建，请再次保存。"
    )
    /// The page that merges.
    public static func mergeTitle(_ objects: Label) -> Label {
        Label("Merge \(objects.en.lowercased())", zh: "合并\(objects.zh)")
    }
    /// What merging does.
    public static let mergeIntro = Label(
        "Choose the record that stays and, line by line, whose value stays. Everything that belongs to the others moves to it. A merge can be undone.",
        zh: "选择保留哪条记录，并逐项选择保留的内容。其他记录名下的联系人、跟进等会全部转移过来。合并后可以撤销。"
    )
    /// The record that stays.
    public static let stays = Label("Keep this record", zh: "保留此记录")
    /// Heading of the fields.
    public static let field = Label("Field", zh: "字段")
    /// Tags of all.
    public static let together = Label("All together", zh: "全部保留")
    /// The button.
    public static let doMerge = Label("Merge records", zh: "确认合并")
    /// After a merge.
    public static let merged = Label("Merged.", zh: "已合并。")
    /// Choosing the other record.
    public static let chooseOther = Label("With which record?", zh: "与哪条记录合并？")
    /// Nothing found to merge with.
    public static let noOther = Label("No similar record was found. Search for it.", zh: "没有找到相近的记录，请搜索。")
    /// Search for the other record.
    public static let findOther = Label("Name, phone or other words", zh: "名称、电话等关键词")
    /// On a record that others went into.
    public static func mergedFrom(_ count: Int, _ by: String) -> Label {
        Label(
            count == 1
                ? "1 record was merged into this one by \(by)" : "\(count) records were merged into this one by \(by)",
            zh: "\(by)将 \(count) 条记录合并到了这里"
        )
    }
    /// Takes a merge back.
    public static let undo = Label("Undo merge", zh: "撤销合并")
    /// Before a merge is taken back.
    public static let undoAsk = Label(
        "Bring the merged records back? What was changed since stays here.",
        zh: "确定恢复被合并的记录吗？合并后修改过的内容会保留在这里。"
    )
    /// After a merge was taken back.
    public static let undone = Label("The merge is undone.", zh: "已撤销合并。")
    /// After a merge was taken back, with what stays.
    public static func undone(kept: [Label], more: Int) -> Label {
        let (en, zh) = (kept.map(\.en).joined(separator: ", "), kept.map(\.zh).joined(separator: "、"))
        return Label(
            "The merge is undone. Changed since, and kept here: \(en)\(more > 0 ? " and \(more) more" : "").",
            zh: "已撤销合并。以下内容在合并后修改过，保留不变：\(zh)\(more > 0 ? "等" : "")。"
        )
    }
    /// After decisions.
    public static func decided(_ done: Int, _ refused: Int) -> Label {
        refused == 0
            ? Label("\(done) groups done.", zh: "已处理 \(done) 组。")
            : Label(
                "\(done) groups done, \(refused) not: you may not change all of them.",
                zh: "已处理 \(done) 组，\(refused) 组因权限或冲突未处理。"
            )
    }

    // MARK: Rules

    /// The rules.
    public static let rules = Label("Duplicate rules", zh: "查重规则")
    /// What the rules are for.
    public static let rulesPurpose = Label(
        "What counts as a duplicate, and when people are warned.",
        zh: "怎样算重复，何时提醒、何时禁止新建。"
    )
    /// How rules work.
    public static let rulesText = Label(
        "Each comparison adds its points when the values agree and takes points off when they differ. Similar values give at least seven tenths.",
        zh: "每一项比对：一致时加分，不一致时扣分，相近时至少得七成。总分为 0 到 100。"
    )
    /// Whether they apply.
    public static let active = Label("Look for duplicates", zh: "启用查重")
    /// From which score on people are warned.
    public static let warnAt = Label("Warn from (points)", zh: "提醒分数线")
    /// From which score on a record is refused.
    public static let blockAt = Label("Refuse from (points; empty: never)", zh: "禁止新建分数线（留空表示不禁止）")
    /// A comparison.
    public static func comparison(_ number: Int) -> Label { Label("Comparison \(number)", zh: "比对 \(number)") }
    /// The fields of a comparison.
    public static let fields = Label("Fields", zh: "字段")
    /// The method of a comparison.
    public static let method = Label("Compared as", zh: "比对方式")
    /// Points when equal.
    public static let agree = Label("Points when the same", zh: "一致加分")
    /// Points off.
    public static let disagree = Label("Points off when different", zh: "不一致扣分")
    /// Whether it finds.
    public static let finds = Label("Leads to records", zh: "用于查找")
    /// Under a condition.
    public static let when = Label("Only where", zh: "仅当")
    /// Back to the preset.
    public static let reset = Label("Back to the preset", zh: "恢复默认规则")
    /// No field.
    public static let noField = Label("—", zh: "—")
}
