/// The syllables of Mandarin without tones, as an input method takes them, and the characters that have several.
///
/// A syllable's number is its place in the list, and is stored in every index: add at the end, never in between.
enum Syllables {
    static let names: [String] = words(
        """
        a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng
        cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu
        cuan cui cun cuo da dai dan dang dao de den deng di dia dian diao die ding diu dong dou du duan dui dun duo e ei
        en eng er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang
        gui gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang
        jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang
        kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo
        lv lve ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei
        nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve o ou pa pai pan pang pao pei pen
        peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang
        rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she
        shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan
        tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia
        xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue
        yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu zhua zhuai
        zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
        """
    )

    private static let numbers: [String: Int] = Dictionary(
        names.enumerated().map { ($1, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// The number of a syllable; nil for anything else.
    static func number(_ name: String) -> Int? { numbers[name] }

    /// The first letters, by number.
    static let initials: [UInt8] = names.map { $0.utf8.first ?? 0x20 }

    /// What may be typed, and the syllables meant by it: 吕 is typed `lv`, `lu` or `lyu`.
    static let typed: [String: [Int]] = {
        var typed = numbers.mapValues { [$0] }
        for (alias, name) in [("lu", "lv"), ("lyu", "lv"), ("nu", "nv"), ("nyu", "nv"), ("lue", "lve"), ("nue", "nve")]
        {
            if let number = numbers[name] { typed[alias, default: []].append(number) }
        }
        return typed
    }()

    /// The syllables that begin with what was typed so far, itself included.
    static func beginning(with prefix: String) -> [Int] {
        var found: Set<Int> = []
        for (name, numbers) in typed where name.hasPrefix(prefix) { found.formUnion(numbers) }
        return found.sorted()
    }

    /// The readings of characters that have several in names, the most usual first; also single readings where names
    /// differ from the dictionary.
    static let readings: [UInt32: [Int]] = {
        var readings: [UInt32: [Int]] = [:]
        for entry in words(polyphones) {
            guard let scalar = entry.unicodeScalars.first else { continue }
            readings[scalar.value] = entry.dropFirst().split(separator: ",").compactMap { numbers[String($0)] }
        }
        return readings
    }()

    /// Words in which a character has another reading than usual: it decides the order of a list, and comes first. By
    /// their two or three characters in one number, since every name is looked through for them.
    static let wordReadings: [UInt64: [Int]] = {
        var found: [UInt64: [Int]] = [:]
        for entry in words(knownWords) {
            let parts = entry.split(separator: "=")
            guard parts.count == 2 else { continue }
            found[word(parts[0].unicodeScalars.map(\.value)[...])] = parts[1].split(separator: ",").compactMap {
                numbers[String($0)]
            }
        }
        return found
    }()

    /// The key of two or three characters in `wordReadings`.
    static func word(_ scalars: ArraySlice<UInt32>) -> UInt64 { scalars.reduce(0) { $0 << 21 | UInt64($1) } }

    /// Surnames whose reading differs from the word's; only at the start of a name of two to four characters.
    static let surnames: [UInt32: Int] = {
        var found: [UInt32: Int] = [:]
        for entry in words(
            "单shan 仇qiu 解xie 朴piao 查zha 区ou 翟zhai 缪miao 乐yue 盖ge 曾zeng 覃qin 长zhang 行xing 都du 车che 种chong"
        ) {
            guard let scalar = entry.unicodeScalars.first else { continue }
            found[scalar.value] = numbers[String(entry.dropFirst())]
        }
        return found
    }()

    private static let polyphones = """
        重zhong,chong 长chang,zhang 行hang,xing 乐le,yue 厦xia,sha,shan 单dan,shan,chan 曾zeng,ceng 仇chou,qiu
        解jie,xie 朴pu,piao,po 柏bai,bo 盖gai,ge 覃qin,tan 都du,dou 会hui,kuai 查cha,zha 区qu,ou 翟zhai,di
        缪miao,mou 尉wei,yu 车che,ju 调tiao,diao 参can,shen,cen 差cha,chai 朝chao,zhao 降jiang,xiang 角jiao,jue
        觉jue,jiao 卡ka,qia 壳ke,qiao 落luo,la 六liu,lu 绿lv,lu 模mo,mu 弹dan,tan 藏cang,zang 省sheng,xing
        盛sheng,cheng 宿su,xiu 拓tuo,ta 乘cheng,sheng 澄cheng,deng 畜xu,chu 种zhong,chong 艾ai,yi 薄bo,bao
        堡bao,pu,bu 泊bo,po 卜bu,bo 谷gu,yu 洗xi,xian 隽juan,jun 浚jun,xun 莞guan,wan 荥xing,ying 涡guo,wo 蔚wei,yu
        铅qian,yan 番fan,pan 渑mian,sheng 泌mi,bi 秘mi,bi 祭ji,zhai 折zhe,she 沈shen,chen 召zhao,shao 屏ping,bing
        奇qi,ji 茄qie,jia 伽jia,qie,ga 咖ka,ga 俞yu,shu 巷xiang,hang 伺si,ci 俟si,qi 仔zi,zai 扎zha,za 择ze,zhai
        轧zha,ya 幢chuang,zhuang 琢zhuo,zuo 蕃fan,bo 勒le,lei 露lu,lou 蔓man,wan 娜na,nuo 粘zhan,nian 瀑pu,bao
        栖qi,xi 塞sai,se 刹cha,sha 汤tang,shang 圩wei,xu 吁yu,xu 侗dong,tong 峒dong,tong 冼xian,sheng 剥bo,bao
        削xue,xiao 嚼jiao,jue 碌lu,liu 绰chuo,chao 亟ji,qi 稽ji,qi 茜qian,xi 纤xian,qian 鹄hu,gu 貉he,hao 埔pu,bu
        圈quan,juan 偻lou,lv 蚌bang,beng 澹dan,tan
        """

    private static let knownWords = """
        重庆=chong,qing 银行=yin,hang 成都=cheng,du 长沙=chang,sha 长春=chang,chun 长城=chang,cheng 长江=chang,jiang
        长安=chang,an 长兴=chang,xing 长治=chang,zhi 董事长=dong,shi,zhang 家长=jia,zhang 成长=cheng,zhang
        增长=zeng,zhang 院长=yuan,zhang 校长=xiao,zhang 厦门=xia,men 大厦=da,sha 广厦=guang,sha 音乐=yin,yue
        乐器=yue,qi 会计=kuai,ji 执行=zhi,xing 旅行=lv,xing 行政=xing,zheng 出行=chu,xing 行动=xing,dong 自行=zi,xing
        重新=chong,xin 六安=lu,an 调查=diao,cha 单县=shan,xian 番禺=pan,yu 东莞=dong,guan 莞尔=wan,er 尉迟=yu,chi
        万俟=mo,qi 西藏=xi,zang 宝藏=bao,zang 模具=mu,ju
        弹簧=tan,huang 朝阳=chao,yang 朝晖=zhao,hui 种植=zhong,zhi 绿林=lu,lin
        蚌埠=beng,bu 铅山=yan,shan 大埔=da,bu 乐清=yue,qing 乐山=le,shan 长宁=chang,ning 长乐=chang,le 长葛=chang,ge
        长丰=chang,feng 长白=chang,bai 长海=chang,hai 长垣=chang,yuan 长虹=chang,hong 荥阳=xing,yang 荥经=ying,jing
        浚县=xun,xian 涡阳=guo,yang 蔚县=yu,xian 渑池=mian,chi 泌阳=bi,yang 重阳=chong,yang 长孙=zhang,sun
        乐正=yue,zheng 澹台=tan,tai 种子=zhong,zi 种业=zhong,ye
        """

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    }
}
