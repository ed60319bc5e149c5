"""The subtags of languages, scripts and regions that a language tag may be made of (BCP 47, RFC 5646, section 2.2)."""

#: ISO 639-2 codes of languages that have one of two letters, which a tag must then use.
SHORTER = dict(
    pair.split("=")
    for pair in (
        "aar=aa abk=ab afr=af aka=ak alb=sq amh=am ara=ar arg=an arm=hy asm=as ava=av ave=ae aym=ay aze=az "
        "bak=ba bam=bm baq=eu bel=be ben=bn bih=bh bis=bi bod=bo bos=bs bre=br bul=bg bur=my cat=ca ces=cs "
        "cha=ch che=ce chi=zh chu=cu chv=cv cor=kw cos=co cre=cr cym=cy cze=cs dan=da deu=de div=dv dut=nl "
        "dzo=dz ell=el eng=en epo=eo est=et eus=eu ewe=ee fao=fo fas=fa fij=fj fin=fi fra=fr fre=fr fry=fy "
        "ful=ff geo=ka ger=de gla=gd gle=ga glg=gl glv=gv gre=el grn=gn guj=gu hat=ht hau=ha heb=he her=hz "
        "hin=hi hmo=ho hrv=hr hun=hu hye=hy ibo=ig ice=is ido=io iii=ii iku=iu ile=ie ina=ia ind=id ipk=ik "
        "isl=is ita=it jav=jv jpn=ja kal=kl kan=kn kas=ks kat=ka kau=kr kaz=kk khm=km kik=ki kin=rw kir=ky "
        "kom=kv kon=kg kor=ko kua=kj kur=ku lao=lo lat=la lav=lv lim=li lin=ln lit=lt ltz=lb lub=lu lug=lg "
        "mac=mk mah=mh mal=ml mao=mi mar=mr may=ms mkd=mk mlg=mg mlt=mt mon=mn mri=mi msa=ms mya=my nau=na "
        "nav=nv nbl=nr nde=nd ndo=ng nep=ne nld=nl nno=nn nob=nb nor=no nya=ny oci=oc oji=oj ori=or orm=om "
        "oss=os pan=pa per=fa pli=pi pol=pl por=pt pus=ps que=qu roh=rm ron=ro rum=ro run=rn rus=ru sag=sg "
        "san=sa sin=si slk=sk slo=sk slv=sl sme=se smo=sm sna=sn snd=sd som=so sot=st spa=es sqi=sq srd=sc "
        "srp=sr ssw=ss sun=su swa=sw swe=sv tah=ty tam=ta tat=tt tel=te tgk=tg tgl=tl tha=th tib=bo tir=ti "
        "ton=to tsn=tn tso=ts tuk=tk tur=tr twi=tw uig=ug ukr=uk urd=ur uzb=uz ven=ve vie=vi vol=vo wel=cy "
        "wln=wa wol=wo xho=xh yid=yi yor=yo zha=za zho=zh zul=zu"
    ).split()
)
#: The other codes of ISO 639-2, and of ISO 639-3 those that news sites are found to use.
OF_THREE = frozenset(
    (
        "ace ach ada ady afa afh ain akk ale alg alt ang anp apa arc arn arp art arw ary arz ast ath aus awa "
        "bad bai bal ban bar bas bat bej bem ber bho bik bin bla bnt bra btk bua bug byn cad cai car cau ceb "
        "cel chb chg chk chm chn cho chp chr chy ckb cmc cmn cnr cop cpe cpf cpp crh crp crs csb cus dak dar "
        "day del den dgr din doi dra dsb dua dum dyu efi egy eka elx enm ewo ext fan fat fil fiu fon frm fro "
        "frp frr frs fur gaa gay gba gem gez gil gmh goh gon gor got grb grc gsw gwi hai hak haw hil him hit "
        "hmn hsb hup iba ijo ilo inc ine inh ira iro jbo jpr jrb kaa kab kac kam kar kaw kbd kha khi kho kmb "
        "kok kos kpe krc krl kro kru kum kut lad lah lam lez lif lld lmo lol loz ltg lua lui lun luo lus mad "
        "mag mai mak man map mas mdf mdr men mfe mga mhr mic min mkh mnc mni mno moh mos mun mus mwl mwr myn "
        "myv nah nai nan nap nds new nhe nia nic niu nog non nqo nso nub nwc nym nyn nyo nzi osa ota oto paa "
        "pag pal pam pap pau pcm pdc peo pfl phi phn pms pnb pon pra pro prs quz raj rap rar rcf roa rom rue "
        "rup sad sah sai sal sam sas sat scn sco sel sem sga sgn shn sid sio sit sla sli sma smi smj smn sms "
        "snk sog son srn srr ssa stq suk sus sux syc syr szl tai tcy tem ter tet tig tiv tkl tlh tli tmh tog "
        "tpi tsi tum tup tut tvl tyv udm uga umb vai vec vls vot vro wae wak wal war was wen wuu xal yao yap "
        "ypk yue zap zbl zea zen zgh znd zun zza"
    ).split()
)
#: ISO 15924: scripts in living use.
SCRIPTS = frozenset(
    (
        "Adlm Arab Armn Beng Bopo Cans Cher Copt Cyrl Deva Ethi Geor Glag Goth Grek Gujr Guru Hang Hani Hans "
        "Hant Hebr Hira Hrkt Java Jpan Kana Khmr Knda Kore Laoo Latf Latg Latn Lisu Mlym Mong Mtei Mymr Nkoo "
        "Olck Orya Rohg Sinh Syrc Taml Telu Tfng Thaa Thai Tibt Vaii Yiii"
    ).split()
)
#: ISO 3166-1, and the UN's numbers of greater regions (M49).
REGIONS = frozenset(
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV "
        "BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES "
        "ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE "
        "IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY "
        "MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU "
        "NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM "
        "SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE "
        "VG VI VN VU WF WS YE YT ZA ZM ZW XK 001 002 003 005 009 011 013 014 015 017 018 019 021 029 030 034 "
        "035 039 053 054 057 061 142 143 145 150 151 154 155 202 419"
    ).split()
)
