import Testing

@testable import Exchange

@Suite struct NumberTextTests {
    @Test func `what can be read as a number is never passed over by the look at its bytes`() {
        let pieces = [
            "1", "2", "345", "０", "９", ",", ".", "，", "．", " ", "　", "-", "+", "(", ")", "%", "'", "’", "_", "¥", "￥",
            "$",
            "€", "元", "圆", "人民币", "美元", "港币", "日元", "英镑", "rmb", "RMB", "CNY", "usd", "us$", "HK$", "万", "萬", "亿", "百",
            "仟", "k", "K", "W", "m", "b", "e", "E", "５", "公司", "年", "@", "/", ":", "x", "yz", "号", "Ｋ", "ＵＳＤ", "−",
        ]
        var dice = Dice(state: 7)
        var numbers = 0
        for _ in 0..<60_000 {
            let text = (0...Int(dice.next() % 6)).map { _ in pieces[Int(dice.next() % UInt64(pieces.count))] }.joined()
            guard DecimalMark.allCases.contains(where: { NumberText.read(text, $0, base: "CNY") != nil }) else {
                continue
            }
            numbers += 1
            #expect(NumberText.mayBeRead(text), "\(text)")
        }
        #expect(numbers > 1000)
        for text in ["info@a.example", "www.example.com", "主营教育，年采购约7万元", "Co., Ltd. of Suzhou"] {
            #expect(!NumberText.mayBeRead(text), "\(text)")
        }
    }
}

/// The same numbers in every run.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
