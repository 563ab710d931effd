import Values

/// Which passwords are taken: long ones that are not guessed first. No rules about kinds of characters.
public enum PasswordPolicy {
    /// The shortest password.
    public static let minimumLength = 10

    /// Throws an `invalid` problem that says what to do when a password is too weak for this person.
    public static func check(_ password: String, email: String, name: String) throws {
        guard password.count >= minimumLength else {
            throw weak(
                "too_short",
                Label(
                    "Use at least \(minimumLength) characters. Several words are fine.",
                    zh: "密码至少 \(minimumLength) 位，可以用几个词连起来。"
                )
            )
        }
        guard password.utf8.count <= 1024 else {
            throw weak("too_long", Label("The password is longer than 1,024 bytes.", zh: "密码过长（超过 1024 字节）。"))
        }
        let core = letters(password)
        let mailbox = letters(String(email.prefix { $0 != "@" }))
        let own = [letters(email), mailbox, letters(name)].filter { $0.count >= 2 }
        let rest = own.reduce(core) { without($1, in: $0) }
        guard rest.count >= 5 || rest == core else {
            throw weak(
                "personal",
                Label("The password must not be made of your name or e-mail address.", zh: "密码不能由您的姓名或邮箱组成。")
            )
        }
        guard !isCommon(core) else {
            throw weak(
                "common",
                Label("This password is one of those tried first. Choose another one.", zh: "这个密码过于常见，容易被猜中，请换一个。")
            )
        }
    }

    private static func weak(_ code: String, _ message: Label) -> Problem { .invalid("password", code, message) }

    /// Few different characters, runs such as 1234567890, or a common word with digits and signs around it.
    private static func isCommon(_ core: String) -> Bool {
        if Set(core).count <= 3 { return true }
        let runs = [
            "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
            "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
        ]
        if runs.contains(where: { $0.contains(core) || String($0.reversed()).contains(core) }) { return true }
        // What is left when the common words are taken out decides: `Password2024!` leaves only digits.
        let rest = common.reduce(core) { without($1, in: $0) }
        return rest != core && rest.filter { !$0.isNumber }.count < 4 && rest.count < 7
    }

    /// Folded, with the usual disguises undone and signs left out.
    private static func letters(_ text: String) -> String {
        String(
            Fold.fold(text).compactMap { character -> Character? in
                switch character {
                case "@": "a"
                case "$": "s"
                case "!", " ", "-", "_", ".", "*", "#", "?", ",", "+", "&", "%", "/", "=": nil
                default: character
                }
            }
        )
    }

    private static func without(_ part: String, in whole: String) -> String {
        let (part, whole) = (Array(part), Array(whole))
        guard !part.isEmpty else { return String(whole) }
        var result: [Character] = []
        var index = 0
        while index < whole.count {
            if whole[index...].starts(with: part) {
                index += part.count
            } else {
                result.append(whole[index])
                index += 1
            }
        }
        return String(result)
    }

    /// What lists of leaked passwords are made of, longest first.
    private static let common: [String] = """
        password passw0rd p4ssword passwort administrator admin root toor user guest test demo changeme letmein welcome
        default secret login master access system server oracle mysql kehu crm customer company qwerty qwertyuiop
        qwert qwer asdfghjkl asdfgh asdf zxcvbnm zxcvbn zxcv qazwsx wsxedc 1qaz 2wsx 3edc q1w2e3r4 q1w2e3 1q2w3e4r
        1q2w3e iloveyou ilove woaini woaiwojia wo1314 5201314 1314520 521521 520520 aini laopo laogong mima zhongguo
        beijing shanghai guangzhou shenzhen china taobao wechat weixin alipay baidu tencent huawei xiaomi dragon monkey
        football baseball basketball superman batman pokemon starwars princess sunshine shadow michael jordan charlie
        daniel jessica jennifer ashley thomas hunter summer winter spring autumn monday friday january december hello
        freedom whatever trustno1 computer internet samsung google facebook linkedin mustang ferrari mercedes killer
        pepper cookie cheese banana orange purple silver golden diamond flower family forever lovely loveme angel
        abcdefgh abcdefg abcdef abcde abcd1234 abc123 a123456 aa123456 1234567890 123456789 12345678 1234567 123456
        12345 1234 0123456789 987654321 9876543210 0987654321 654321 54321 147258369 147258 789456123 159753 112233
        123123 123321 111222 121212 131313 101010 696969 222222 333333 444444 555555 666666 777777 888888 999999 000000
        111111 11111 00000 88888 66666 168168 518518 147852 741852963 密码 我爱你 管理员 客户 中国
        """.split(whereSeparator: \.isWhitespace).map(String.init).sorted { $0.count > $1.count }
}
