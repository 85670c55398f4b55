/// Tokens made by an implementation that shares nothing with ours (Python's `cryptography`, AES-256-CBC from its own
/// primitives), for the secret, application, user and time of the vector in `facts/zego.md`, section 3.5.
enum ForeignTokens {
    /// Whoever logs in as `demo` to application 1 at 1700000200 is let in.
    static let good: [(String, String)] = [
        (
            "the order of Go, a printable IV",
            """
            04AAAAAGVT/xAAEDAxMjM0NTY3ODlhYmNkZWYAcPDOWcZeMCPxbh1dpHzCTRH0tbs1JDwaSloPPpfrCE29tUW/QA7cBUDbJW7EPs\
            VPsGpO/KyXwgxISYw5q52prPMSDPSd273V+GccmQjr86yJzXgjAi1WOIdNYImOOK+KUyRl6LN2rT4pm+K4yG/IxH0=
            """
        ),
        (
            "random IV",
            """
            04AAAAAGVT/xAAEHibNMr1Ty4iCs2UHnG4jVgAcE0Hg3CkHP6izOqQDAfSShkX4aOCEGPuQYN2ty02bZl1qqVyFyq5f42BodPii9\
            0JifpDkbafC9foXTVut7D1bM2sASXv161svdfhTwrCyAmgfeBYaglH6bpb2GQHM/u2j3varwUz0odSuodl3J6ZcT0=
            """
        ),
        (
            "an IV of zeros",
            """
            04AAAAAGVT/xAAEAAAAAAAAAAAAAAAAAAAAAAAcJdUc01V9bYnFJMMAnXTPJUUnpuyaKEyLcQLaUhcAQZsxk7Ol663r3JFm0AlOu\
            LgfrTmzQKkjneRhCfpovX6A+gv57IqTeMg/7d/kGbPiubxBCFtbd8xWmc90eu8VUAvI0ouAg0pUg8lO7vKzpueNNc=
            """
        ),
        (
            "an IV of 0xFF",
            """
            04AAAAAGVT/xAAEP////////////////////8AcOOUzYDY7Mg4VyfoWBQqX9C1fUJpp17BjQkFam76CAMynUMJCVJ8OkBO3Hnr67\
            NwzW2GCiRI2xtJkQ1yeMt9hOPco9qSq74OUwnJiT34XJsKRrSWc9cftHluDZr/ZllU23kuudiqwAjp0WM8ABXrce8=
            """
        ),
        (
            "keys reversed, with white space",
            """
            04AAAAAGVT/xAAEDaGbQ2Fi2NUnpS+LKzGf1sAgDcuYk05jo1QUBbDBnFBEy1DjmYowGbQn0wSDSzEcoR3H8FH2kqlcNhzX1512w\
            TbgaT8qbtTZxKteNl06IAY5SCEkmqBOKGnPZi5K6FBjMRbbfoJ7b4qWyMTRZkRDe+UySz31vNLAq4L4RgmMFePKAZk5pxuL3HFAK\
            OdB2DAyPGr
            """
        ),
        (
            "keys sorted",
            """
            04AAAAAGVT/xAAEH7yjy2ZA5WfY9PYk9znUncAcKFF9s0gX6RaDkKEaO3mt6biOKNYl7EbaOpF8E+u7K9ZaYp8dLfj18legMD2sr\
            BgqlRUVehVQdeu8vP6w0z8uGnVfG1bB5kH+RLdkzELsSmkrbmrt1Eenyu52JvFQObAFbJIPRoB2nnNqJOPp8YFFKA=
            """
        ),
        (
            "another expiry in the clear",
            """
            04AAAAAAAAAAAAEJyEFikX7I/xr0pkItNn4Y0AcCnFoViV6d0LXEsA4ilA2A8NTfKZirLWfw2ZT8TXqXUDlDhisStgfxJc8dLN9V\
            A4W3YecoFogZGsbCoLUb07xmvmo7MGucEHcxj/BB6LOCfu1AO4IBwPFnxzB7H7nwf8bGbe4tGO+5/CF7xo5OwI5VA=
            """
        ),
        (
            "escapes in the JSON",
            """
            04AAAAAGVT/xAAEF6236RlpTMfdY55PqlalOsAcMCW6nHe58oHQgIKnEdkIBbwUMm8BZb+5AEnME0nrTlmdBY4XvU0PAbeVHq+2K\
            RGpHrdfCz0OfxMCTPyV6zPrVFNryU6IjLOZCbiVLSe6DI9YOX8wHzAUqcHLVWHF7IzVhCJo2dZHvBDzVbjmgjXYKQ=
            """
        ),
        (
            "a further key",
            """
            04AAAAAGVT/xAAEA0VtiqSpwmlk6RO0ieWYuMAgOpsyXExDykIxOGUb6LnH9He1nUX4UWrHVmkD2lkIZvSPCa2yUAgmoFyrjZusk\
            YXrMUdz5u8op2fHcxQKSYn0QwEQzWErew+hq4e5YWWVI8wi9tCGVLu0EZvgMLhQ3eEEzu0ZxFufxW4KVJIcjc1LZUGQYAIBdtgCS\
            CHtFW2B2C+
            """
        ),
    ]

    /// With the error that they lead to.
    static let bad: [(String, Int, String)] = [
        (
            "nonce as text", 1_002_080,
            """
            04AAAAAGVT/xAAEJVFgMNRqQS6FuhWurmUMeAAYKUzi/ShDkLtrzreV2Yhl/wXIIuDhUNz1Gjr228Qvd+Qav1/Yw3J1whVbmvEzc\
            1urjUlSvouQbBYr3wc99kzuEoE3JZ/7A5pEC2BmkYGQXPpihaR8ooagi+2LqtJnYPgIQ==
            """
        ),
        (
            "nonce with a fraction", 1_002_080,
            """
            04AAAAAGVT/xAAEGrZajoeHxxWTBT7f6QSPpUAYBv1xJO60wjSYybXwOXlXNX213xdyms6g8ad9goBF+Ac7wIQYxfebG0Fiio6s8\
            EsbYfrclJknTLdfstafKH9zSpR9EPALVZVdOmVLX3vfMClXdbakgS2CE8OMFUAvqH+HA==
            """
        ),
        (
            "nonce beyond 64 bits", 1_002_080,
            """
            04AAAAAGVT/xAAENFm9Gd74NL7EnDX43/bbv8AgDtdmREZCzRv/eNFmbmxTxzBnl2BUapFH/FQE6H/RMMFMPScIkOjU0SoV/Eecn\
            FByXCB4PM5EFcZqjGNrrCPTB5KWzowfIi0/Zw9kDXZ3fdDi86UzLW5LxZzckc4a6kXUh8SrwBQ5LYWbryGv+RTvq0raz9puAG1Cm\
            MIG964Tl/P
            """
        ),
        (
            "no nonce", 1_002_080,
            """
            04AAAAAGVT/xAAEGAQEoKBfGp21YVIphqhO84AYF1RieWhyJl6klr9Ttd53WdcuUhLbHtmIMEa4ojuQnfeUMRvBU+oDjFi2/IbrE\
            C3XvVALU+ZoMVeT2A7FuwfLCKqKtYZDgHY83CDUAd+qKinW2S5EskFFS7CxqQ517vafg==
            """
        ),
        (
            "null nonce", 1_002_080,
            """
            04AAAAAGVT/xAAEBT9xi/ca1Ssl/Gh126JrcgAYI/XKMp+2v2NSdsu/8SYiTD4QNJUrqIxhsfTQTdhPoalecG4MQdHGQ4LX0RySj\
            vO/e61s6k54YI5IFb06oWpgpqiEjCkJT4cr/GZ4qgR3go6Oro5mAFytShyNQ0KnC/sLg==
            """
        ),
        (
            "version 03", 1_002_079,
            """
            03AAAAAGVT/xAAEP4mj2EWykGJHlXt8c7HbwEAcHkO0gCeOYTdNbkB8y7PdXBC+aBi82NMMJGNVW4zht+kNzf1vMr8sRSKLOYbxw\
            Fe0kwmU2xtnaiX4uexO0czvxf0Px70s6g/pF53UTPAjK+irv8N0KP4PTWZjI6IGQTBDbhe4OFXG344/HCF9wxH9hY=
            """
        ),
        (
            "version 05", 1_002_079,
            """
            05AAAAAGVT/xAAEGxQBoM7ysNxG2dSqfHhDSgAcAwDWJYoVU31A7tH0Bfh0P+EwU12XE1h+A/lAMPQ26o6xW9iR1A0G1QG85FjcB\
            zvXqPJm/sbPfojYoHlxZ9IshP55knwwEu/EeJ4yHxV5nTfHYwBORNy2lypaj7gbgxvk9AouVc3aypivL+WhzWBBOs=
            """
        ),
        (
            "another secret", 1_002_075,
            """
            04AAAAAGVT/xAAEBE5+oNHFbkoBZixJivow2kAcHXZuN3/v8ZnqrdHCW1bnBOyDpOu57mnWcqlVW8rZUlhIMsuYBcJQNEYuTztmj\
            7IyMj0qEr6S+XOCEzLw1UbtcElhx9POpr9GN6Iny99DUTn8nngRx/QiQBIWR89HRpT/vOCoNAg4v2+l0Uh1HLbUfo=
            """
        ),
        (
            "AES-128 by a short secret", 1_002_075,
            """
            04AAAAAGVT/xAAEJ/Gd/nMMCc6u97U4yJkmvUAcKxdVyD+HTndLXdFCtMdPqa5y+8HaJFQnzqji6ZpSBL3CLPb913aXZ6TpnAnCy\
            S/EA7gX0qqadhILpVv7u/a8XxavIrKuQo4RDHGtlMzLbo7RKbiQb5bElda+VOgE+yWRxgqdB8TpHZCFXjypNebpbs=
            """
        ),
        (
            "no JSON", 1_002_075,
            """
            04AAAAAGVT/xAAENg8Vb5TWkyn/a2EAlYCnz0AEEbQAQaMYbwO5qfzQ1kSnV8=
            """
        ),
        (
            "an empty plaintext", 1_002_075,
            """
            04AAAAAGVT/xAAEDj59yZ90pa2dVwAG6DvnOEAEB3Mpp6OmgLZwNuXOh/PB2A=
            """
        ),
        (
            "an array", 1_002_075,
            """
            04AAAAAGVT/xAAEOLISIC5rkTdKklakr5lsy8AENwLJbZAyHIFTHO/aMz5Rno=
            """
        ),
        (
            "bad UTF-8", 1_002_075,
            """
            04AAAAAGVT/xAAECfOW6i+p1mZCwottzJRXf0AcL8C4Mf5nJD3zUo4n3nL7EcnA+Vs3jgUfI1XsuobENGkGRBWb/akIsVUijlFkz\
            kVi27C58UXPgVk+nRb5faVQpwNLYP5RRr5RN9hhbpZqSyUuTiXnO9cVvPF7RuWRnuwi+OvPsiK9A16sjmxx90Dwv8=
            """
        ),
        (
            "cut JSON", 1_002_075,
            """
            04AAAAAGVT/xAAECc7WPVxm895+nGevHWn58wAYMEUXcDyIE8kMmHDNSysRf1afqErqS4/qXHX7rs8G9lxTghGBcscoOMfQvwRrO\
            43sNGD803WGr+HxmeZWdux264NvXZQPG+pd9uLiEzB+EshHSPXTnwAeKbNIuq/QwmN0A==
            """
        ),
        (
            "bad padding: zeros", 1_002_075,
            """
            04AAAAAGVT/xAAEM2gkeDSBoBe6rrOxg5PIuoAcGesYanUqI6pI9Nf/uNG5W0jXDgX9NZmowRlaZRtFpn2f8ww+Qj6WuJ9zD5Utp\
            7I+bqF0CpCTOEggFEQ6ngXwZmPWjL81qcfjT7s9q+5t83lrhySjlOw2G1t+5xgMVF1zZA8XHPPY3FTpPFWo7S1dPU=
            """
        ),
        (
            "bad padding: 17", 1_002_075,
            """
            04AAAAAGVT/xAAELGfLoT3cfQhTHojmUMYU8sAcIcIclpmz6rukfK8mYCvoiW4xts/+AXZ+wbvX5ZIVqeuUfuR/0HRUwAbg83vyy\
            y99otHeJREVdKj8UTfxDbgNLIWwez20Y3hyyAM6ImXRP8pj4j3TbBxrqGvG1UiHGDl7GNt/+vri8KxuaNVXFR4LCI=
            """
        ),
        (
            "bad padding: one byte of it", 1_002_075,
            """
            04AAAAAGVT/xAAEIYJfVAxaRCiKT6KH5NYTNQAcAiGW0Nq72KqqYaVkrzBgPYMQSkdSbEC8kxhaI4q2wSmin6LIvxQuxlSdFbTDR\
            31d5Hro4z+x+BK1nsPWS4gMrrFgNHtOWNuBRus78U8LBHllbDNRauHl7iKZ38+sKODA1Qyb/udkQrmu+i7Vixs1CA=
            """
        ),
        (
            "app_id as text", 1_002_075,
            """
            04AAAAAGVT/xAAEEIpugFP0k5umPciwFZTg8gAcH5DB2WoqgYV+sl/YQXXmSK7i5PetwcG57oV4y6YS1CXOKGTfSJF8r0wYZlTcB\
            MrY2JcjhsDWIQW7kBFAcVee3OjPgyZMFpNS0aB/SOfSg9pp0ptythfcwXlfcAuD22ZluD5k8gPr2Ex7bCIPoaZcYs=
            """
        ),
        (
            "app_id 0", 1_002_075,
            """
            04AAAAAGVT/xAAEJvNqFfGH9gOjgmbTitQOwcAcGPIa0D9N6nlW5pISoDe1QFRHMR+F42wm9SdfsswM71g2Fr/tfeFYxArbGZpzG\
            N6xgdYq/se4iL8sObNv5bv/1hqL1cupmLOxoHwCTbNYd8LBY4+XuYU3VtxEPlG+81mRbpG5eshxcxJH0tDWdCWkxQ=
            """
        ),
        (
            "app_id beyond 32 bits", 1_002_075,
            """
            04AAAAAGVT/xAAEHZ2BPRe58KsWGA287ac0xMAcJjDg8ZGus0rCG7sIs1OZaWLIYREP5nk47NQl/Kn3ARrPLhrbFaGNt356DdwvB\
            PlHgIqnpRmPqeYMfqQsua05NRHcetJRRMq++VTQvwGjwTWdf9hdbAuhEzjwhOYG5HlQi8v44rkYYA3KM96uS+5oAU=
            """
        ),
        (
            "no app_id", 1_002_075,
            """
            04AAAAAGVT/xAAEGyCnfStKnihNROl87QpWhYAYMdGU/OWplAjtdnlGSUOK/e9UtHbur7wSRJtBIXlC2MOjbE6jR9oUG/p5Pd+O+\
            Yan15Ja/GiHyNxrmE4ThyCYi50gMdDBIlnu4ovPAIrETIbSB4/yDIcUboehSEEGuIyKQ==
            """
        ),
        (
            "user_id as number", 1_002_075,
            """
            04AAAAAGVT/xAAEP9/E2YkrEadOwAkc4wJEQUAYN8dp1iIJwqiff1kNnku6Yx850Z06delCfPfbPxQ3rWTt+sn8QA4khJ+ETWV4c\
            JA5MF9W5PgHePS9egOJ4+VvWd2A8vWXCw4N7YpJTPDmV8QE/vNOp4TXjuGy9nimpFZ9Q==
            """
        ),
        (
            "an empty user_id", 1_002_075,
            """
            04AAAAAGVT/xAAEPRKbbh/sJjGzhFY0/wgmJAAYNp7JpaqRHl38x76cq9E2WCBPxtCYEUz/mUs19J4Cnu6UsOL2UUSV4e25Jti0n\
            Dw7FDe1MHgr8oqxuBDLMu4yHTGh1RV3scI33cTHdG/W3yQ+dxWmnU1QnydItQjUNFT+Q==
            """
        ),
        (
            "a user_id of 64 bytes", 1_002_075,
            """
            04AAAAAGVT/xAAEGrfpFltCfXfjanQ0aRrg48AoD/geijJLWdqkdP+bhttapJ4HyBjCqPiIgcaTekq0h3byyZH2d36P+l51Tl/os\
            XIc5L7mDxPNz1Sxcrbmmc3OdBYyHdVEQcbmfuF3b0/+mLKU+1EfN5hhu2GV8sQCMxmNBD3sFVVww7r2n9YD9ZB976WTAAI50lusn\
            xec5xs4AvebVgx5D+HwrGFp3wmPmMH+u06iVCdufZPUjOfQ9B2IFQ=
            """
        ),
        (
            "no user_id", 1_002_075,
            """
            04AAAAAGVT/xAAECwPzoaTQ6AsVC9sgW7/Oq4AYHpIEIDKbVR9KNpx0SIMWvxBOWPJtrmcfyEREmNPSv9hdblo453Zho48xLx07d\
            JYvzn1M+gNb/lhWpIFb8o0CRweBv6zKZZ12RFkPFHmUUQRoLPuarB69EKCr4T9Mw1zzw==
            """
        ),
        (
            "no expire", 1_002_075,
            """
            04AAAAAGVT/xAAEATpaFUvfTA6oZdNJlsNXGkAUI9nWXmmfr0vynzytPeIGK0y70yuI9DQJrEbVeDK2TFCCjHWJn9KpDJ+8MwlUN\
            v2OLFZUIG2VNRPb8ElYf9niFZLydRmgyBfa1vrDHc5lM00
            """
        ),
        (
            "expire as text", 1_002_075,
            """
            04AAAAAGVT/xAAEIYRpqi6U1duGRtSHYb8NWYAcKKWfSUlOt9h0L8NG/PUV4IwR3UH6xasmroB8XCOfD8EQayuqNcVrgTp+oasU7\
            X0lNLxKW04UCpJIhCvHqodDlGLMWTyb3JKCeNVImZYgqH/PYyFZu/7d/PIrlmOfzMpe5ujsIOaa4xGXLMPPyTI7fg=
            """
        ),
        (
            "no ctime", 1_002_075,
            """
            04AAAAAGVT/xAAEEbI9f2ludzPEhNcTrdwl3kAYKeSfjtMWW2TpLHBbss1LNdZmrNnKaBLlX7CPf0A1xAoT8Rgg9ezmdcXz7oFxA\
            A1khGfRikkpVp0D0UgoodrD86GMvv2oQ3KNAwSENheu7c/uzGvZuqZn1lNOVyvRXou+w==
            """
        ),
        (
            "no payload", 1_002_075,
            """
            04AAAAAGVT/xAAELpjsMS6OXJhsl5sCg08YZcAYKVWzL43nowWcnaprePtE6K+1VfSQGZBX2oIjB9/8K5UavZtQT7SjrnWZl/0Dq\
            jGmsyASGChlp3NW3HDw9rEhDKDUpAybKnAwyYsznOVTWPHRhUKBQiQEQ4sC+D27202Lw==
            """
        ),
        (
            "payload as object", 1_002_075,
            """
            04AAAAAGVT/xAAEKT+FZzJU0fA7bO2AuRF5Q8AcK7fpV92wY28SqhMYOH4U8iEK9tH1v5WT9BwbvxPfeY2UNbxPhVXHknWH1GV69\
            nN/MjqSIu9F5ep8HKss0PGND+Eg2RbMv52l52grUMv82IPcb55i3ENz7jVaT+7jeE6KdgHN39Iq5hHbIMzUXOdfpw=
            """
        ),
        (
            "payload that is no JSON", 1_002_075,
            """
            04AAAAAGVT/xAAENZsOqmXGyj2Uh9ce6oKC8MAcLwW/evlx+udFYmTSPOv13H6yJytC+akSBXW4JYrt3TuYpDfahPrcRiZBqCtch\
            hRkJQ7JfJMEMgkBFtvA06h44ZPBdcgcQvRnBr92YzEDlM1sj1hj/SuwYqyKpsaqB41yjLh9+slwEh8pkm1Ik2j1mA=
            """
        ),
        (
            "payload without room_id", 1_002_075,
            """
            04AAAAAGVT/xAAEN92RhVEXZJ33qC+V7CwhKsAcJ399QQtwmmvYfVvdDBz9hWPLI59qRk/Z8jXIxvXM+rerWUFDAM5+aExMpJ3Eg\
            9781GLwO1l5DkXTwjdyVMf9prMRC5lw9nhj5OoLeZhHqfu92hiUuz1guasW++5kfaZznhS/0nmdxPvv4bQ7DSoejU=
            """
        ),
        (
            "payload with a privilege of 2", 1_002_075,
            """
            04AAAAAGVT/xAAEBBNu2T98T0lZFFJRxqxKRgAkNgzYvucXNhguojpVyouA83JAncp5M16Q1STCtUlnD/MWbPYfYYreJ4wO+A3wO\
            abET5DKzgmY69fljNu44Wwh7BKiOE+qiTx3p6XUSo9JyuZBbrQ5mza2e5OMszYpdAv+v9/qrUtqQB2tNO/4W8OS3rxR0ernLQHNN\
            mSqQilarLUY9Q88zH9Fgv4DBjB/UFsJg==
            """
        ),
        (
            "payload with a wrong stream list", 1_002_075,
            """
            04AAAAAGVT/xAAEExahh2X849r8ZAfR5PVFwEAsJcw4VfUipCqWVIhRA2wHhqrFc1WrtDKbLmoGf0JW3czd6mH5786g9k9TljVai\
            or3evp1c2nvvyz3dGLEXU4hGTMYHbExh0yXvJsVwqzFYbwju2lBvZi546cyl+Lqhk4SMWyv1xt3q5eFPxu/CCrLoMenUOamRSR+z\
            zGoBvDuyX/VDTcEl0kDKPi8kDy4aannBdeOo1JC3osl+tdmHlgfzPPNR5vO5xctpVR/M+EKbw/
            """
        ),
        (
            "payload with a number among the streams", 1_002_075,
            """
            04AAAAAGVT/xAAELG4JGbdKNkQkWVkWGcpLwUAsBBEzIhxWpT77ZQ3FjK2dcbdV6/M0Wm3MUBPe/T359icWSdNsAxrQFXF+RFyub\
            CPi4oDmDNW4RpdO/oUj7zkmJ+r1iw5Dk3fcmqk5I/EZjJdgCN1m+ANrKQu/cLcz9yhW9tfFO5CLv/Q8O0CQUzIQprQ6O25Q+f0F5\
            dGaqsQsiB9P6L02UKTP5FGn874X/Bq3y2jGT4C7tY9Z2BCrD4Opy0ZoFhc8jk3wRXJ9N1n8eTD
            """
        ),
        (
            "another application", 1_002_076,
            """
            04AAAAAGVT/xAAEAGV2SEvrVZmHx8hR99FNaYAcBA3ToxUNUAQPL2cYqgjYVcyxMV0ZUSwOrVngaVzxVU5OX22r2fEMkcFsLC3kh\
            NUrtt1Ul6aovz7ZwCkvMX5BAUQi0SL7FjT+Wg03eAAHHUOleEVSugMTaafqJMAcu5xqc6H5zOuC1srPtDy5V/cvFM=
            """
        ),
        (
            "another user", 1_002_077,
            """
            04AAAAAGVT/xAAEK2NRDwkAlAWi9mbt0656X4AcJBw3+jC0sstqmXp96DaiDTfA7Zk/UPJbcxBtfs7yfgwH1VRxQfN6MRn6/c8B/\
            2g2EZ9G4s8yUCz10hWS2PaOF+0feItRVcorWD0ffdOCYuzVx9iusojtFohqPiAg2wRn8EBNa/1rQoHJjjGshUdkSg=
            """
        ),
        (
            "expired, though not by the clear text", 1_002_078,
            """
            04AAAAAHc1k/8AEOdX9w1jheeqUptSoZmha/cAcPDHPKf515mXiL4zhUaJMGtUqdXkQ9QiSFQJLNxyta/8baHFR4gFr6gLtLdnKn\
            Gt4U80vaz7x4auUOwmDsWnN9m0Eos/nKh2yVmv1c3PtIYNs/nEVKy3HwYfEIpywPpEwnBYrwM7g6bPwtYEKhK1d9Q=
            """
        ),
        (
            "an expiry in 1970", 1_002_078,
            """
            04AAAAAGVT/xAAEJWJvFShMXeoY1rhMZ4QAhcAYIiM/q5tHW9XZt97jypyM1y/00np6wKi9OpNYEHJbhJoHWPLWYTdx77AM8UVt7\
            FMsSFKkx8EKz3ltpAJ7rnrmqPqdmd9/n3h2mUGEg7/xLT/Afylhc8z8FK98pQ1lDAlBA==
            """
        ),
        (
            "a negative expiry", 1_002_078,
            """
            04AAAAAGVT/xAAEAFbcn2+ycV74t2ULa8WMV4AYBSRkmHvVNNKbDSw2Hxwa2olMwlBnxCeHCe95AzH3QVh/laZNKJXh5P9GwqC01\
            8oz124wb2gNgyESlaIUBAiKg35ZeJWJTK2fkALcL0YMcbMShSk59aziOdDHBbNpa+VXg==
            """
        ),
        (
            "iv_len 15", 1_002_075,
            """
            04AAAAAGVT/xAADxzQAshT3hZxv6+yQwCxujEAcLVbNdalk52S83ygb5TjSBdxPLKmEcIR1HqGD5eZ06fEs0bnf3Vr4FbSPx8TLw\
            jNy+gE0yJlcvgR6cmLfPEPuN+6zxcOrx8qJjU2PWPFC99GCX3ATtRvMcCp9U1BRmz61LM9vnmXLSapJEYCW8GC9wk=
            """
        ),
        (
            "iv_len 272", 1_002_075,
            """
            04AAAAAGVT/xABEMFt+rTdLshQLOXGaw0vkjMAcJETER9q6Jbp8jrLJmm10O89mAsSky5iTibh0sW/LkHwHz/gal7yFVf02F+GKc\
            4CyeqnvgsgtVzaJ61Aac17nOoz5JKnNWHjzmLtW6StV6Ze7dcWUD02SnsppTv2Pi+eDzpH6B+u95eyQexsz3y+swg=
            """
        ),
        (
            "ct_len too small", 1_002_075,
            """
            04AAAAAGVT/xAAEEBB6eCy0KLNnso0rsAn+d4AYNgS6/rIPQ8YlMBpUag+w3pgGnqWXLD/2UAyoo3t+U2mzsQC0VTEJJetAVau0l\
            LGIeS/TFCJqravQbgVf4pKPXHbs4Tbxyr4lZnCt5e+kB/zXdAwdSKibqo/sJSYf0wlzA7ioee9E9SPCkdqD/yeeqA=
            """
        ),
        (
            "ct_len too large", 1_002_075,
            """
            04AAAAAGVT/xAAELx0U9uRP6sSeV71drXY4dUAgJ4RBnnW3ZiI8axWZD7lp/xbL8f0dkYEH6J5tAdojJL2dw8zIkSDhpzxoDVqX/\
            4UL5v32Nn9gKgBcomF1L4TovHiBdI+cQTj70XNy72X+B9RlH6f8bRaTUsdRWH2sLdqaAGM9cxIGlgiITqAJpCtgSE=
            """
        ),
        (
            "ct_len 0", 1_002_075,
            """
            04AAAAAGVT/xAAED/9Bty38I9kSKq4Tof3RfoAAKJwV3C46v3Y4eOAHdKOw+wDxnvyd9MffPzJzl2eobu2tk88piFetdY03pq0n7\
            IRiP8cSOGXo5Y/8q35PFt233JCTHyO3yLzsfKjWeOONydUIIXnx24ZVBJkariguRkGNW3APPufbXjf5tXvhbM1xV4=
            """
        ),
    ]

    /// Privilege tokens of the same user: room, login, publish, streams.
    static let privileged: [(String, String, (room: String, login: Bool, publish: Bool, streams: [String]?))] = [
        (
            "all of a room",
            """
            04AAAAAGVT/xAAEMX0shDegl9aCeucQxcBd64AwOtzw3JjwEvIk/SAP0NnO+wHrH/J9Btu4xKZST83d88EkbPvWeSCJlWCXmf2AV\
            1OdFZIzC/Qb2HBNDM5oKzm0iHVWaqzXL+D71whJWzJOTMAvSUr47LftfV480z0ZX7OmcYgQHVX6Ll9QxuW5s/BeZEDma/9H0g5LG\
            aMfanSxpGJ5DmlHuCMz7XuB72LMdWynQSDOFNXqLV4v+8CfEjvMmhy4t/1zwST0ogPEVgAS+UsqCzTlgrv052pQ9Hm5LqLvA==
            """,
            (room: "room1", login: true, publish: true, streams: nil)
        ),
        (
            "listen only",
            """
            04AAAAAGVT/xAAEE+hp+Z2jBwgEuE4fHPyIFMAwGhANKMKfvC/hMLVOUbOyeHIAYb4IjX8qdaesDx2btu2fYA5hfCkWxEGLYiRpt\
            uk59KxL0jJX7mJYqqY83a6l8FH3qJoq0+KBVOM0Yx0u7ZmTrqlGk9E8Wao6LOqr+/+M4cgjtau80rmaBMDWVpGuEQvKs8iDMX2RC\
            0G9Yzjtn4X396Dc+/3VBNIH9XDF/95H3VQcFLEBCYAYCfaAf8XaQuXLFrxG5hvVMlyXSMoJr66ppHDpy06yWYPtduLvD2aBQ==
            """,
            (room: "room1", login: true, publish: false, streams: nil)
        ),
        (
            "one stream",
            """
            04AAAAAGVT/xAAEFlkAmNhcAf3p7KHz0OtPIAAwPBbbe9i5+sL7/Dl2vjYxeuRsImbj4jknr9pCfFbD9Y9ylAVWAgJpDVw+cjshX\
            92wZIz8EJU+f9SvwyxVwbsBGFhOPuJmnNmmy8Famx/gkj23XhLyu2WvR0yWyBqZnTJQhE9cK4fQP/whiZ3x0nd+TG/gm5+8AWdcL\
            5h9PUoVDzXAEHHCHQwKLFDogL38LWv3VU2olRRybZOR+0Oqclkis0pVY/9NSuY2QDyMeJ1kqyYporEfeJfD3cbnR1ZR9nWAg==
            """,
            (room: "room1", login: true, publish: true, streams: ["s-1"])
        ),
        (
            "any room",
            """
            04AAAAAGVT/xAAEIcxHawcxCNpfxn6xrsjK0sAoN8rfb7OejU+U/rI0m2fiWbkxFjiLslfrB/AF4swl531uQLPSFgZfbfq9b8rzt\
            74pwyk09w1yfPCBRRQNPkQ+KJDiUZ+zULxQRunfXdjWylD9haowsZgp8i6ukrDQe7xxddWSnCoGHjOJMtmUES0g/jRcjjAXE5wQL\
            o0WCvZHafcAiV57jZZT2SajMWM4a039rpSlvJ/saGd2xC/I4drcQ0=
            """,
            (room: "", login: true, publish: true, streams: nil)
        ),
        (
            "nothing granted",
            """
            04AAAAAGVT/xAAEOTbwDdXSRFW6fHhu91+gIoAkKLvNdArvoH5nnu5H3Ep6AGnOFIbQS8KRxTe4oNmo/A6wuRhl5uT+5WtrUlGF2\
            m1N5DlB3GoH6KzUkVzxEmHmsIbxCv+nlD4Jhdkbcl4RNl4OTPGALqcLYvyuMVVxBH8vRGPMEdDhW8uiyXOXafMZw7ogz2J2tWxHK\
            kidaJ1Nm5L2aVe5F4UyPjDL3Il1qUCYw==
            """,
            (room: "room1", login: false, publish: false, streams: nil)
        ),
        (
            "publish alone",
            """
            04AAAAAGVT/xAAEAOIy6qSPVBgUsdCXmAkJJwAoEdQxwGtEWbX+MNUnpxtDFIRHySQps678OEHbQ4F1hNDtjzmW/FG0jvJPceYh+\
            pJgaD3wY+Iu5XnzM4E+dBd43oXRUS1bNBoptIwhPaCKIewVqhsYWOHi7GfHWpz1WlzKF4JMXlJ75oKN5dTqLUDB+8xti4u9pBInn\
            SjiGPVIZeD0dBXPrfAzBM5D3eqvg3IL5Evbo5aUZaw3r08Tw+ivTI=
            """,
            (room: "room1", login: false, publish: true, streams: nil)
        ),
    ]
}
