"""Words that mean the same in English and Welsh, for finding similar proposals in either language.

One line a thing: English words, a stroke, Welsh words. Only first forms stand here; endings of
English plurals and mutated Welsh first letters are made by ``pb/proposals/search.py``. The Welsh
of civic words is the glossary's.
"""

PAIRS = """
library libraries book | llyfrgell llyfrgelloedd llyfr llyfrau
bench seat sit sitting | mainc meinciau sedd seddi eistedd
park | parc parciau
playground play | chwarae maes-chwarae
child children kid | plentyn plant
young youth teenager | ieuenctid ifanc pobl-ifanc
old older elderly pensioner | henoed hen oedrannus
tree wood woodland | coeden coed coetir
flower garden gardening allotment planter | gardd gerddi blodyn blodau rhandir
bus | bws bysiau
stop shelter | arhosfan lloches
train station railway | tren gorsaf rheilffordd
bicycle bike cycle cycling cyclist | beic beiciau beicio beiciwr
path footpath pavement lane | llwybr llwybrau palmant lon
road street | ffordd ffyrdd stryd strydoedd heol
traffic car speed speeding | traffig car ceir cyflymder gyrru
parking | parcio
crossing zebra | croesfan croesi
bridge | pont pontydd
river stream brook | afon afonydd nant
sea beach sand shore | mor traeth tywod glan
harbour quay boat | harbwr cei cwch cychod
light lighting lamp dark | golau goleuadau lamp lampau tywyll
rubbish litter waste bin | sbwriel gwastraff bin biniau
recycle recycling repair reuse | ailgylchu trwsio ailddefnyddio
toilet toilets | toiled toiledau ty-bach
water tap fountain drinking | dwr tap ffynnon yfed
flood flooding drain | llifogydd llif draen
school | ysgol ysgolion
hall centre | neuadd neuaddau canolfan
church chapel | eglwys capel
shop market | siop siopau marchnad
food meal cooking kitchen eat | bwyd pryd coginio cegin bwyta
health doctor surgery clinic | iechyd meddyg meddygfa clinig
sport football pitch | chwaraeon pel-droed cae
swim swimming pool | nofio pwll
music band concert | cerddoriaeth cerdd band cyngerdd
art mural paint artist | celf murlun paent artist
language welsh | cymraeg iaith
lesson class course learn | gwers gwersi dosbarth cwrs dysgu
dog | ci cwn
bird wildlife nature bee otter | aderyn adar bywyd-gwyllt natur gwenyn dyfrgi
energy solar heating warm insulation | ynni solar gwres cynnes insiwleiddio
wheelchair disabled access accessible ramp step | cadair-olwyn anabl mynediad hygyrch ramp gris
safe safety danger dangerous | diogel diogelwch perygl peryglus
meet meeting lonely loneliness company | cyfarfod unig unigrwydd cwmni
volunteer volunteering | gwirfoddolwr gwirfoddolwyr gwirfoddoli
computer internet digital phone | cyfrifiadur rhyngrwyd digidol ffon
house home housing | ty tai cartref tai
noise quiet | swn tawel
history museum heritage old-photos | hanes amgueddfa treftadaeth
walk walking | cerdded
work job skill training | gwaith swydd sgil sgiliau hyfforddiant
money cost price | arian cost pris
hill | bryn
evening night | noson nos
tea coffee cafe | te coffi caffi
clean cleaning | glan glanhau
sign map | arwydd arwyddion map
wall tile | wal teils
fishing fish | pysgota pysgod
"""

LITTLE = """
a an and are as at be but by can could do for from get had has have how i if in into is it its
just like make more most my near need no not of on one or our out over should so some than that
the their them then there these they this to too up us very want was we were what when where
which who will with would you your people town place better good life here ac ag ai am ar at bod
byddai bydd byw chi cyn dan dros dim dref ei eich eu ei'n fel fod fy fyddai gael gallu gan ger
gwell gwneud hi hon hwn hyd hyn i'r iawn mae mewn mwy na nad neu ni nhw nid o'r oes oedd pan pob
pobl roedd rhai sy sydd sy'n un wedi wrth y yma yn ym yng yr yw
"""
"""Words of both languages that say nothing of what a proposal is about."""
